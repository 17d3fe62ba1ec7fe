import {
  CircuitState,
  circuitBreaker as cockatielBreaker,
  handleAll,
  isBrokenCircuitError,
  isTaskCancelledError,
  SamplingBreaker,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { fillEntry, preloadEntries, readEntry } from '../fill.ts';
import { noLoadWithoutMiss } from '../loads-theory.ts';
import { SHED } from '../shed.ts';
import type { Item, Parameter, ReadStrategyDefinition, StrategyContext } from '../strategy.ts';
import { everyReaderLoads, loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

const parameters = {
  timeoutMs: {
    unit: 'ms',
    default: 500,
    min: 1,
    max: 60_000,
    description:
      'A load that takes longer counts as failed, and its reader is refused. Below the clients’ timeout.',
  },
  failureShare: {
    unit: 'fraction',
    default: 0.5,
    min: 0.01,
    max: 0.99,
    description: 'The circuit opens when more than this share of the loads in the window failed.',
  },
  windowMs: {
    unit: 'ms',
    default: 1_000,
    min: 100,
    max: 600_000,
    description: 'How far back loads are counted.',
  },
  minLoadsPerSec: {
    unit: 'count',
    default: 10,
    min: 1,
    max: 100_000,
    description: 'With fewer loads in the window nothing is concluded from them.',
  },
  openMs: {
    unit: 'ms',
    default: 1_000,
    min: 1,
    max: 600_000,
    description: 'How long an open circuit refuses all loads before it tries one.',
  },
} as const satisfies Record<string, Parameter>;

/** Loads that fail too often are not tried any more for a while. */
export const circuitBreaker: ReadStrategyDefinition<keyof typeof parameters> = {
  kind: 'read',
  name: 'circuit-breaker',
  idea: 'When too many loads fail or take too long, refuse all of them for a while, then try one.',
  source: 'Release It! (Nygard, 2007); SamplingBreaker of the library cockatiel',
  weakness:
    'A load that was given up still runs in the database. Nothing limits the loads until the circuit opens, nor after one good probe has closed it: the herd comes back at once.',
  parameters,
  expiry: 'physical',
  predict: (input) => [
    ...loadsPerExpiry(input, (hot) => ({ ...everyReaderLoads(hot), low: null })),
    ...loadsPerMissing(input, () => ({ value: null, low: null, high: 1, formula: '<= 1' })),
    ...noLoadWithoutMiss(input),
    predictPhysicalAge(input),
  ],
  create(context, values) {
    const breaker = cockatielBreaker(handleAll, {
      halfOpenAfter: values.openMs,
      breaker: new SamplingBreaker({
        threshold: values.failureShare,
        duration: values.windowMs,
        minimumRps: values.minLoadsPerSec,
      }),
    });
    const guarded = wrap(breaker, timeout(values.timeoutMs, TimeoutStrategy.Aggressive));
    return {
      preload: (items) => preloadEntries(context, items),
      async get(key) {
        const cached = await readEntry(context, key);
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        // The one probe is on its way. The library lets the others wait for its end, and then go all at once.
        if (breaker.state === CircuitState.HalfOpen) return SHED;
        try {
          return {
            item: await guarded.execute(({ signal }) => fillOrReport(context, key, signal)),
            outcome: 'miss',
          };
        } catch (error) {
          if (isBrokenCircuitError(error) || isTaskCancelledError(error)) return SHED;
          throw error;
        }
      },
    };
  },
};

/** A load that its reader gave up on fills the entry all the same; nobody else would hear of its failure. */
async function fillOrReport(
  context: StrategyContext,
  key: string,
  givenUp: AbortSignal,
): Promise<Item | null> {
  try {
    return await fillEntry(context, key);
  } catch (error) {
    if (givenUp.aborted) context.onBackgroundError(error);
    throw error;
  }
}
