import type { BackendKind } from './backend.ts';
import { type ContainersWish, containersProvider } from './containers/provider.ts';
import { type Engine, findEngine } from './engine/find.ts';
import { BackendMissingError, EngineError, NoServersError } from './errors.ts';
import { findProgram } from './local/find.ts';
import { localProvider, type Provider } from './provider.ts';

export interface ProviderChoice {
  readonly provider: Provider;
  /** In a few words, why this one; null when the user named it. */
  readonly because: string | null;
}

/** How this machine is looked at. */
export interface Search {
  findProgram(kind: BackendKind): Promise<unknown>;
  findEngine(): Promise<Engine>;
}

/**
 * The provider for whoever names none: local programs when all that are needed are there, else containers when an
 * engine answers. Local first, as it starts sooner and nothing stands between the harness and the servers.
 *
 * @param wish given, it speaks for containers
 * @throws NoServersError when neither can be had; BackendOverrideError when a program that was named can't be used.
 */
export async function chooseProvider(
  kinds: readonly BackendKind[],
  wish: ContainersWish = {},
  search: Search = { findProgram: (kind) => findProgram(kind), findEngine: () => findEngine() },
): Promise<ProviderChoice> {
  if (wish.images !== undefined || wish.sentinel === true) {
    const because = wish.images === undefined ? 'a Sentinel is wanted' : 'images are given';
    return { provider: containersProvider(wish), because };
  }
  const missing = await missingOf(kinds, search);
  if (missing.length === 0) return { provider: localProvider, because: 'this machine has the servers' };
  try {
    await search.findEngine();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new NoServersError(missing, error);
  }
  return { provider: containersProvider(), because: `this machine has no ${missing.join(', ')}` };
}

async function missingOf(kinds: readonly BackendKind[], search: Search): Promise<BackendKind[]> {
  const missing: BackendKind[] = [];
  for (const kind of kinds) {
    try {
      await search.findProgram(kind);
    } catch (error) {
      if (!(error instanceof BackendMissingError)) throw error;
      missing.push(kind);
    }
  }
  return missing;
}
