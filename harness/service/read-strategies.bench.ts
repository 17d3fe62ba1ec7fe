/** What a strategy itself costs when the cache has the entry: the network is left out. */
import type { Redis } from 'ioredis';
import { encodeLogicalEntry } from '../../scenarios/strategies/entry.ts';
import { readStrategies } from '../../scenarios/strategies/registry.ts';
import type { ReadStrategy, ReadStrategyDefinition } from '../../scenarios/strategies/strategy.ts';
import { systemClock } from '../time/clock.ts';
import { seededRandom } from '../time/random.ts';
import { strategyContext } from './context.ts';

const VALUE_BYTES = 100;
const HOUR_MS = 3_600_000;

const loadedAtMs = systemClock.wallMs();
/** Every strategy finds in it what it looks for. */
const ENTRY = encodeLogicalEntry({
  item: { id: 'item-1', value: 'x'.repeat(VALUE_BYTES), version: 1, loadedAtMs },
  expiresAtMs: loadedAtMs + HOUR_MS,
});

export const benchmarks = Object.fromEntries(
  readStrategies.map((definition) => [`read hit, ${definition.name}`, hitPath(definition)]),
);

function hitPath(definition: ReadStrategyDefinition): () => ReturnType<ReadStrategy['get']> {
  const missed = async (): Promise<never> => {
    throw new Error(`${definition.name} did not find the entry: this is no hit path`);
  };
  const noKeys = async function* (): AsyncGenerator<never> {};
  const context = strategyContext({
    redis: { get: async () => ENTRY } as unknown as Redis,
    origin: { load: missed, loadMany: missed, keys: noKeys, store: missed },
    clock: systemClock,
    random: seededRandom(1),
    signal: new AbortController().signal,
    ttlMs: HOUR_MS,
    keyPrefix: 'bench:',
    onBackgroundError(error) {
      throw error;
    },
  });
  const defaults = Object.entries(definition.parameters).map(([name, { default: value }]) => [name, value]);
  const strategy = definition.create(context, Object.fromEntries(defaults));
  const request = { client: 'bench', signal: new AbortController().signal };
  return () => strategy.get('item-1', request);
}
