import {
  type EarlyEntry,
  fillEarlyEntry,
  isDueEarly,
  preloadEarlyEntries,
  readEarlyEntry,
} from '../early.ts';
import { earlyLoads } from '../early-theory.ts';
import type { Parameter, ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerExpiry, predictPhysicalAge } from '../theory.ts';

/** How early entries are renewed; more is earlier. */
export function betaParameter(beta: number) {
  return {
    unit: 'ratio',
    default: beta,
    min: 0.01,
    max: 100,
    description:
      'How early to reload: more is earlier and by fewer readers at once. The time to live has to be long against d beta ln(r d beta).',
  } as const satisfies Parameter;
}

export const xfetch = xfetchAt('xfetch', 1);

/** The same at other betas, to be compared in one run. */
export const xfetchAtOtherBetas = [0.5, 2, 4].map((beta) => xfetchAt(`xfetch-beta-${beta}`, beta));

/** Every reader of an entry throws dice whether to reload it before it expires, with odds that grow towards the end. */
function xfetchAt(name: string, defaultBeta: number): ReadStrategyDefinition<'beta'> {
  return {
    kind: 'read',
    name,
    idea: `Each reader may reload the entry before it expires, with odds that grow towards the end (beta ${defaultBeta}).`,
    source: 'Optimal Probabilistic Cache Stampede Prevention (Vattani et al., VLDB 2015)',
    weakness:
      'e^(1/beta) loads a renewal on average, not one; a key that is not read towards its end, or was never there, is not protected at all.',
    parameters: { beta: betaParameter(defaultBeta) },
    expiry: 'early',
    predict: (input) => [
      ...loadsPerExpiry(input, (hot) => earlyLoads(hot, input, defaultBeta)),
      predictPhysicalAge(input),
    ],
    create(context, { beta }) {
      return {
        preload: (items) => preloadEarlyEntries(context, items),
        async get(key) {
          const cached = await readEarlyEntry(context, key);
          if (cached !== null && !isDueEarly(cached, beta, context.clock.wallMs(), context.random.next()))
            return { item: cached.item, outcome: 'hit' };
          await context.barrier('afterCacheMiss', key);
          const filled = await fillEarlyEntry(context, key).catch((error: unknown) =>
            keepEarly(cached, error, context.onBackgroundError),
          );
          return { item: filled?.item ?? null, outcome: filled === cached ? 'hit' : 'miss' };
        },
      };
    },
  };
}

/** A reload that failed before its time leaves an entry that is still good. */
export function keepEarly(
  cached: EarlyEntry | null,
  error: unknown,
  report: (error: unknown) => void,
): EarlyEntry {
  if (cached === null) throw error;
  report(error);
  return cached;
}
