import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../infra/contract/eventually.ts';
import { localDatabase } from '../../infra/local/database.ts';
import { localRabbitmq } from '../../infra/local/rabbitmq.ts';
import { localRedis } from '../../infra/local/redis.ts';
import { type Stack, startStack } from '../../infra/stack.ts';
import { decodeEntry } from '../../scenarios/strategies/entry.ts';
import { writeStrategies } from '../../scenarios/strategies/registry.ts';
import { type CommitLog, connectCommitLog } from '../probes/commit-log.ts';
import { connectDatabaseProbe, type DatabaseProbe } from '../probes/database.ts';
import { queueSuite } from '../queue/queue.suite.ts';
import { connectQueue } from '../queue/queue.ts';
import { relayedRaceSuite } from '../races/relayed.suite.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import { connectRedis, entryKey, strategyContext } from '../service/context.ts';
import { type CountedOrigin, connectOrigin } from '../service/origin.ts';
import { readerAndWriter } from '../service/reader-and-writer.ts';
import { systemClock } from '../time/clock.ts';
import { seededRandom } from '../time/random.ts';
import { hostRelay, type RelayServers } from './host.ts';
import { isIdle, lookAt } from './idle.ts';
import { type RelayInstance, startRelayInstance } from './instance.ts';
import type { RelayBacklog, RelayConfig, RelayReport } from './protocol.ts';

const KEY_PREFIX = 'test:';
const TTL_MS = 60_000;

let stack: Stack;
let redis: Redis;
let origin: CountedOrigin;
let probe: DatabaseProbe;
let commitLog: CommitLog;
let cleanUp: AsyncDisposableStack;
beforeAll(async () => {
  cleanUp = new AsyncDisposableStack();
  const backends = [localRedis(), localDatabase(), localRabbitmq()];
  const signal = new AbortController().signal;
  stack = cleanUp.use(await startStack({ runId: `test-${randomUUID()}`, backends, signal }));
  const database = stack.get('database');
  redis = cleanUp.adopt(connectRedis(stack.get('redis').url('service')), (client) => client.disconnect());
  await redis.connect();
  probe = cleanUp.use(await connectDatabaseProbe(database.url('probe'), 'relay'));
  commitLog = cleanUp.use(await connectCommitLog(database.url('probe')));
  const url = database.url('service');
  origin = cleanUp.use(connectOrigin({ url, queryMs: 0, poolSize: 8, clock: systemClock }));
});
afterAll(() => cleanUp.disposeAsync());
beforeEach(async () => {
  await Promise.all([
    stack.get('rabbitmq').flush(),
    stack.get('redis').flush(),
    probe.seed({ rows: 3, valueBytes: 8, keyOf: (n) => `item-${n}` }),
  ]);
});

describe('the races', () => relayedRaceSuite(() => stack));

describe('the queue', () => queueSuite(() => stack.get('rabbitmq')));

const withRelays = writeStrategies.filter(({ relays }) => relays !== undefined);
/** What a client knows when its write was acknowledged: not the version, if the database has it only later. */
const LATER = new Set(['write-behind', 'write-behind-interval']);
const DELETES = new Set(['message-queue', 'message-queue-4', 'outbox', 'binlog-invalidate']);

describe.each(withRelays)('$name', (definition) => {
  test('each write arrives: cache and database agree in the end', async () => {
    await using running = await start(definition.name);
    const keys = ['item-0', 'item-1', 'new'];
    for (const key of keys) await running.reader.get(key, reading);
    await Promise.all(
      keys.map(async (key) => {
        for (let n = 1; n <= 5; n++) {
          const version = await running.writer.put(key, `${key} value ${n}`);
          if (LATER.has(definition.name)) expect(version).toBeNull();
          else expect(version).toBe(key === 'new' ? n : n + 1);
          // In the end the fifth is the last in every order of consumers.
          if (n === 4) await running.idle();
        }
      }),
    );
    await running.idle();
    for (const key of keys) {
      expect(await origin.load(key)).toMatchObject({ value: `${key} value 5` });
      const entry = decodeEntry(await redis.get(entryKey(KEY_PREFIX, key)));
      if (DELETES.has(definition.name)) expect(entry).toBeNull();
      else expect(entry).toMatchObject({ id: key, value: `${key} value 5` });
      if (entry !== null) {
        expect(Math.abs(systemClock.wallMs() - entry.loadedAtMs)).toBeLessThan(TTL_MS);
        expect(await redis.pttl(entryKey(KEY_PREFIX, key))).toBeGreaterThan(0);
      }
    }
    const reports = running.relays.map((relay) => relay.report());
    expect(reports.reduce((sum, { applied }) => sum + applied, 0)).toBe(15);
    expect(reports.flatMap(({ lastError }) => lastError ?? [])).toEqual([]);
    expect(running.errors).toEqual([]);
    const lags = running.relays.map((relay) => LatencyHistogram.decode(relay.lag.read().lag.histogram).count);
    expect(lags.reduce((sum, count) => sum + count, 0)).toBe(15);
  });
});

test('what cannot be applied is applied once it can be, and nothing is lost', async () => {
  await using running = await start('message-queue-refresh');
  const held = running.relays[0]?.board.hold('beforeApply');
  const put = running.writer.put('item-0', 'late');
  await held?.reached();
  held?.fail(new Error('crashed'));
  await put;
  await running.idle();
  expect(decodeEntry(await redis.get(entryKey(KEY_PREFIX, 'item-0')))).toMatchObject({ value: 'late' });
  expect(running.relays[0]?.report()).toMatchObject({
    backgroundErrors: 1,
    queue: { redelivered: 1, acked: 1 },
  });
});

test('a killed process leaves its account, and its successor goes on where it was', async () => {
  await using relay = await startRelayInstance({
    ...servers(),
    config: configOf('binlog', 'follower', 0),
    env: { ...process.env, ...stack.marker },
    onProcess: (group) => stack.guardian.watch(group),
    accounts: stack.root,
  });
  const before = await probe.read();
  await origin.store('item-0', 'first');
  await eventually(async () => (await relay.report()).applied === 1, 'the first change');
  const atBarrier = relay.hold('beforeApply');
  await origin.store('item-0', 'second');
  expect(await atBarrier).toBe(true);
  await relay.kill();
  await origin.store('item-1', 'third');
  await relay.restart();
  await idle([relay]);
  expect(await relay.report()).toMatchObject({ applied: 3, backgroundErrors: 0, dbReads: 0, dbWrites: 0 });
  expect(decodeEntry(await redis.get(entryKey(KEY_PREFIX, 'item-0')))).toMatchObject({
    value: 'second',
    version: 3,
  });
  expect(decodeEntry(await redis.get(entryKey(KEY_PREFIX, 'item-1')))).toMatchObject({
    value: 'third',
    version: 2,
  });
  using lag = LatencyHistogram.decode((await relay.lag()).lag.histogram);
  expect(lag.count).toBe(2);
  // Its heartbeats are the relays' own statements, not the service's.
  expect((await probe.read()).writes).toBeGreaterThan(before.writes);
});

const reading = { client: 'test', signal: new AbortController().signal };

function servers(): RelayServers {
  return {
    redisUrl: stack.get('redis').url('relay'),
    databaseUrl: stack.get('database').url('relay'),
    brokerUrl: stack.get('rabbitmq').url('relay'),
  };
}

function configOf(strategy: string, relay: string, index: number): RelayConfig {
  return {
    strategy,
    relay,
    index,
    parameters: parametersOf(strategy),
    ttlMs: TTL_MS,
    queryMs: 0,
    poolSize: 4,
    stepDelayMs: 0,
    keyPrefix: KEY_PREFIX,
    seed: 1,
    positionFile: join(stack.root, `position-${randomUUID()}.json`),
  };
}

function definitionOf(name: string) {
  const found = writeStrategies.find((definition) => definition.name === name);
  if (found === undefined) throw new Error(`no strategy ${name}`);
  return found;
}

function parametersOf(name: string): Record<string, number> {
  const parameters = Object.entries(definitionOf(name).parameters);
  return Object.fromEntries(parameters.map(([parameter, { default: value }]) => [parameter, value]));
}

/** A strategy's relays and one service's worth of its writer and reader, all in this process. */
async function start(name: string) {
  await using starting = new AsyncDisposableStack();
  const definition = definitionOf(name);
  const parameters = parametersOf(name);
  const clock = systemClock;
  const shutdown = new AbortController();
  const errors: unknown[] = [];
  const onBackgroundError = (error: unknown) => errors.push(error);
  starting.defer(() => shutdown.abort());
  const relays = await Promise.all(
    (definition.relays?.(parameters) ?? [])
      .flatMap(({ name: relay, processes }) =>
        Array.from({ length: processes }, (_, index) => configOf(name, relay, index)),
      )
      .map(async (config) => starting.use(await hostRelay(config, servers()))),
  );
  const shape = definition.queue?.(parameters);
  const url = servers().brokerUrl ?? '';
  const { signal } = shutdown;
  const queue =
    shape === undefined
      ? null
      : starting.use(await connectQueue({ url, shape, clock, signal, onBackgroundError }));
  const context = strategyContext({
    redis,
    origin,
    clock,
    random: seededRandom(1),
    signal,
    ttlMs: TTL_MS,
    keyPrefix: KEY_PREFIX,
    onBackgroundError,
    ...(queue === null ? {} : { queue }),
  });
  const cleanUp = starting.move();
  return {
    ...readerAndWriter(definition, context, parameters),
    relays,
    errors,
    idle: () => idle(relays),
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  };
}

interface Looked {
  report(): RelayReport | Promise<RelayReport>;
  backlog(): Promise<RelayBacklog>;
}

async function idle(relays: readonly Looked[]): Promise<void> {
  const until = await commitLog.position();
  const looked = relays.map(
    (relay): Pick<RelayInstance, 'report' | 'backlog'> => ({
      report: async () => relay.report(),
      backlog: () => relay.backlog(),
    }),
  );
  let before = await lookAt(looked);
  await eventually(async () => {
    const now = await lookAt(looked);
    const idleNow = isIdle(before, now, until);
    before = now;
    return idleNow;
  }, 'idle relays');
}
