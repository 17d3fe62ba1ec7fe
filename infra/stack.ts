import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../harness/time/clock.ts';
import type { Backend, BackendKind, StartContext, StartedBackend } from './backend.ts';
import { CleanUpError, UnfitServersError } from './errors.ts';
import { type Guardian, startGuardian } from './guardian/guardian.ts';
import { RUN_VARIABLE } from './guardian/marker.ts';
import { ROOT_PREFIX } from './guardian/root.ts';
import { type Swept, sweepStale } from './guardian/sweep-stale.ts';

export type StackEvent =
  | {
      readonly type: 'guardian-started';
      readonly pid: number;
      readonly root: string;
      readonly tookMs: number;
    }
  | { readonly type: 'guardian-lost' }
  | { readonly type: 'stale-run-swept'; readonly runId: string }
  | { readonly type: 'backend-starting'; readonly kind: BackendKind }
  | {
      readonly type: 'backend-started';
      readonly kind: BackendKind;
      readonly product: string;
      readonly version: string;
      readonly tookMs: number;
    }
  | { readonly type: 'backend-failed'; readonly kind: BackendKind; readonly error: unknown }
  | { readonly type: 'backend-stopped'; readonly kind: BackendKind }
  | {
      readonly type: 'clean-up-failed';
      readonly what: BackendKind | 'guardian' | 'stale runs';
      readonly error: unknown;
    };

export interface StackOptions {
  /** One of each kind at most. */
  readonly backends: readonly Backend[];
  /** Letters, digits, `.`, `_` and `-`; names the run's directory and marks its processes. */
  readonly runId: string;
  /** Stops a start in progress, and every later restart. */
  readonly signal: AbortSignal;
  readonly onEvent?: (event: StackEvent) => void;
}

/** The started backends of a run, under guard. Disposing it ends everything of the run; twice does no harm. */
export interface Stack extends AsyncDisposable {
  readonly runId: string;
  /** The run's private directory, removed with the stack. */
  readonly root: string;
  /** `watch` it the process groups of everything else that the run starts. */
  readonly guardian: Pick<Guardian, 'watch'>;
  /** To be added to the environment of everything else that the run starts: the guardian goes by it. */
  readonly marker: Readonly<Record<string, string>>;
  readonly backends: readonly StartedBackend[];
  /** That of the options; aborted, too, when a server is lost to the run. */
  readonly signal: AbortSignal;
  /**
   * Resolves once all servers have answered, and are known to be the run's to use: to be asked before anything is removed
   * or made there, and before what was measured on them counts.
   *
   * @throws BackendLostError, PlaceLostError
   */
  confirm(): Promise<void>;
  /** @throws RangeError when the stack has no backend of that kind. */
  get(kind: BackendKind): StartedBackend;
}

/**
 * Looks at the servers that are not the run's own, starts the guardian, then all backends at once.
 *
 * When one fails the others are stopped, and the error thrown is the one that came first; what went wrong
 * in the clean-up is attached to it as `cleanUpErrors`.
 *
 * @throws UnfitServersError, BackendMissingError, BackendStartError, GuardianError, or the signal's reason.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { backends, runId, onEvent = () => {} } = options;
  requireDistinctKinds(backends);
  options.signal.throwIfAborted();
  await requireFit(backends, options.signal);
  const startedUs = systemClock.nowUs();
  const root = join(tmpdir(), `${ROOT_PREFIX}${runId}`);
  const guardian = await startGuardian({ runId, root, onLost: () => onEvent({ type: 'guardian-lost' }) });
  onEvent({ type: 'guardian-started', pid: guardian.pid, root, tookMs: msSince(startedUs) });

  const firstFailure = new AbortController();
  const lost = new AbortController();
  const signal = AbortSignal.any([options.signal, lost.signal]);
  const context: StartContext = {
    runId,
    root,
    signal: AbortSignal.any([signal, firstFailure.signal]),
    onProcess: (group) => guardian.watch(group),
    onRemains: (remains) => guardian.entrust(remains),
    onLost: (error) => lost.abort(error),
  };
  const started: StartedBackend[] = [];
  const failures: unknown[] = [];
  const start = async (backend: Backend) => {
    const { kind } = backend;
    const sinceUs = systemClock.nowUs();
    onEvent({ type: 'backend-starting', kind });
    try {
      const server = await backend.start(context);
      started.push(server);
      const { product, version } = server;
      onEvent({ type: 'backend-started', kind, product, version, tookMs: msSince(sinceUs) });
    } catch (error) {
      failures.push(error);
      // Those stopped for the sake of the first failure have nothing of their own to tell.
      if (failures.length === 1) onEvent({ type: 'backend-failed', kind, error });
      firstFailure.abort(error);
    }
  };
  await Promise.all([...backends.map(start), sweepStaleRuns(onEvent)]);

  let disposal: Promise<void> | undefined;
  const dispose = () => {
    disposal ??= disposeStack(started, guardian, onEvent).then(throwFirst);
    return disposal;
  };
  if (failures.length > 0) {
    throw withCleanUpErrors(failures[0], await disposeStack(started, guardian, onEvent));
  }
  return {
    runId,
    root,
    guardian,
    marker: { [RUN_VARIABLE]: runId },
    // In the order asked for, whichever was ready first.
    backends: backends.map(({ kind }) => ofKind(started, kind)),
    signal,
    async confirm() {
      await Promise.all(started.map((backend) => backend.confirm()));
    },
    get: (kind) => ofKind(started, kind),
    [Symbol.asyncDispose]: dispose,
  };
}

/** @throws UnfitServersError with what is wrong with any of them */
async function requireFit(backends: readonly Backend[], signal: AbortSignal): Promise<void> {
  const findings = await Promise.all(
    backends.map(async (backend) => (await backend.examine?.(signal)) ?? []),
  );
  signal.throwIfAborted();
  if (findings.flat().length > 0) throw new UnfitServersError(findings.flat());
}

/** Backends first, at once; then the guardian, which sweeps what they may have left. Returns the errors. */
async function disposeStack(
  started: readonly StartedBackend[],
  guardian: Guardian,
  onEvent: (event: StackEvent) => void,
): Promise<unknown[]> {
  const errors: unknown[] = [];
  const attempt = async (what: BackendKind | 'guardian', disposable: AsyncDisposable) => {
    try {
      await disposable[Symbol.asyncDispose]();
      if (what !== 'guardian') onEvent({ type: 'backend-stopped', kind: what });
    } catch (error) {
      errors.push(new CleanUpError(what, error));
      onEvent({ type: 'clean-up-failed', what, error });
    }
  };
  await Promise.all(started.map((backend) => attempt(backend.kind, backend)));
  await attempt('guardian', guardian);
  return errors;
}

async function sweepStaleRuns(onEvent: (event: StackEvent) => void): Promise<void> {
  const none: Swept = { swept: [], failures: [] };
  const { swept, failures } = await sweepStale().catch((error: unknown) => ({ ...none, failures: [error] }));
  for (const runId of swept) onEvent({ type: 'stale-run-swept', runId });
  // The remains of another run are no reason to fail this one.
  for (const error of failures) onEvent({ type: 'clean-up-failed', what: 'stale runs', error });
}

function throwFirst(errors: readonly unknown[]): void {
  const [first, ...others] = errors;
  if (first !== undefined) throw withCleanUpErrors(first, others);
}

function withCleanUpErrors(error: unknown, cleanUpErrors: readonly unknown[]): unknown {
  if (error instanceof Error && cleanUpErrors.length > 0) Object.assign(error, { cleanUpErrors });
  return error;
}

function ofKind(started: readonly StartedBackend[], kind: BackendKind): StartedBackend {
  const found = started.find((backend) => backend.kind === kind);
  if (found === undefined) throw new RangeError(`this stack has no ${kind}`);
  return found;
}

function requireDistinctKinds(backends: readonly Backend[]): void {
  const kinds = new Set(backends.map(({ kind }) => kind));
  if (kinds.size !== backends.length) throw new RangeError('a stack holds one backend of each kind at most');
}

function msSince(startUs: number): number {
  return (systemClock.nowUs() - startUs) / 1e3;
}
