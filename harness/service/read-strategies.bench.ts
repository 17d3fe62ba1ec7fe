/** What a strategy itself costs when the cache has the entry: the network is left out. */
import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import { readStrategies } from '../../scenarios/strategies/registry.ts';
import type { Item, ReadStrategy, ReadStrategyDefinition } from '../../scenarios/strategies/strategy.ts';
import { systemClock } from '../time/clock.ts';
import { seededRandom } from '../time/random.ts';
import { strategyContext } from './context.ts';

const VALUE_BYTES = 100;
const HOUR_MS = 3_600_000;

const loadedAtMs = systemClock.wallMs();
const ITEM: Item = { id: 'item-1', value: 'x'.repeat(VALUE_BYTES), version: 1, loadedAtMs };
/** Every strategy finds in it what it looks for: when it expires, and how long its load took. */
const ENTRY = JSON.stringify({ ...ITEM, expiresAtMs: loadedAtMs + HOUR_MS, loadMs: 1 });

/** Version, bits and hashes of a shared filter for a thousand keys. */
const FILTER_HEADER = [1, 1, 9_586, 7];

/** Those of an eviction policy are plain cache-aside, as `none` is: the policy is the server's. */
const timed = readStrategies.filter(({ evictionPolicy }) => evictionPolicy === undefined);

export const benchmarks = Object.fromEntries(
  await Promise.all(
    timed.map(async (definition) => [`read hit, ${definition.name}`, await hitPath(definition)] as const),
  ),
);

async function hitPath(definition: ReadStrategyDefinition): Promise<() => ReturnType<ReadStrategy['get']>> {
  const missed = async (): Promise<never> => {
    throw new Error(`${definition.name} did not find the entry: this is no hit path`);
  };
  const keys = async function* () {
    yield ['item-1'];
  };
  const shutdown = new AbortController();
  const context = strategyContext({
    redis: redisWithEntry(),
    origin: { load: missed, loadMany: missed, keys, store: missed },
    clock: systemClock,
    random: seededRandom(1),
    signal: shutdown.signal,
    ttlMs: HOUR_MS,
    keyPrefix: 'bench:',
    onBackgroundError(error) {
      throw error;
    },
  });
  // A copy in the process lasts for the whole measurement.
  const defaults = Object.entries(definition.parameters).map(([name, { default: value }]) => [
    name,
    name === 'l1TtlMs' ? HOUR_MS : value,
  ]);
  const strategy = definition.create(context, Object.fromEntries(defaults));
  await strategy.start?.();
  // Into the process's own memory, where that is all there is.
  await strategy.preload?.([ITEM]);
  // What it does in the background would keep the process alive, and be timed along.
  shutdown.abort();
  const request = { client: 'bench', signal: new AbortController().signal };
  return () => strategy.get('item-1', request);
}

/** A Redis that answers at once: with the entry, and with a filter of which every bit is set. */
function redisWithEntry(): Redis {
  const answers: Record<string, (...parts: unknown[]) => unknown> = {
    get: () => ENTRY,
    set: () => 'OK',
    eval: () => 1,
    exists: () => 1,
    call: (_command, _key, ...fields) => {
      const bits = fields.filter((field) => field === 'GET').length - FILTER_HEADER.length;
      return [...FILTER_HEADER, ...Array.from({ length: bits }, () => 1)];
    },
  };
  const pipeline = () => {
    const queued: unknown[] = [];
    const chain: Record<string, unknown> = { exec: async () => queued.map((answer) => [null, answer]) };
    for (const [name, answer] of Object.entries(answers)) {
      chain[name] = (...parts: unknown[]) => {
        queued.push(answer(...parts));
        return chain;
      };
    }
    return chain;
  };
  const single = Object.entries(answers).map(([name, answer]) => [
    name,
    async (...parts: unknown[]) => answer(...parts),
  ]);
  return { ...Object.fromEntries(single), pipeline, duplicate: quietConnection } as unknown as Redis;
}

/** A connection over which nothing is ever announced. */
function quietConnection(): Redis {
  const connection = new EventEmitter();
  const done = async () => 1;
  return Object.assign(connection, {
    connect: async () => void connection.emit('ready'),
    client: done,
    call: done,
    subscribe: done,
    disconnect: () => undefined,
  }) as unknown as Redis;
}
