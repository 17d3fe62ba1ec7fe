/** Killing service processes at their barriers, on real processes before real servers. */
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { localDatabase } from '../../infra/local/database.ts';
import { localRedis } from '../../infra/local/redis.ts';
import { pickFreePort } from '../../infra/ports.ts';
import { type Stack, startStack } from '../../infra/stack.ts';
import type { Fault, KillFault } from '../faults/fault.ts';
import { faultInjector } from '../faults/injector.ts';
import { connectDatabaseProbe, type DatabaseProbe } from '../probes/database.ts';
import { systemClock } from '../time/clock.ts';
import { entryKey } from './context.ts';
import { type ServiceInstance, startInstance } from './instance.ts';

const QUERY_MS = 30;
const LOCK_MS = 60_000;
const PREFIX = 'test:';

let stack: Stack;
let database: DatabaseProbe;
let redis: Redis;
const cleanUp = new AsyncDisposableStack();

beforeAll(async () => {
  const { signal } = new AbortController();
  stack = cleanUp.use(
    await startStack({ runId: `test-${randomUUID()}`, backends: [localRedis(), localDatabase()], signal }),
  );
  database = cleanUp.use(await connectDatabaseProbe(stack.get('database').url('probe'), 'service'));
  redis = new Redis(stack.get('redis').url('probe'));
  cleanUp.defer(() => redis.disconnect());
  await database.seed({ rows: 10, valueBytes: 64, keyOf: (n) => `item-${n}` });
});
afterAll(() => cleanUp.disposeAsync());
beforeEach(() => stack.get('redis').flush());

async function start(strategy: string, parameters: Record<string, number> = {}): Promise<ServiceInstance> {
  return startInstance({
    env: { ...process.env, ...stack.marker },
    onProcess: (group) => stack.guardian.watch(group),
    redisUrl: stack.get('redis').url('service'),
    databaseUrl: stack.get('database').url('service'),
    brokerUrl: null,
    port: await pickFreePort(),
    accounts: stack.root,
    config: {
      strategy,
      parameters,
      ttlMs: 60_000,
      queryMs: QUERY_MS,
      poolSize: 8,
      stepDelayMs: 0,
      keyPrefix: PREFIX,
      seed: 1,
    },
  });
}

/** Carries out the fault as a storm does, from now on. */
function storm(services: readonly ServiceInstance[], change: Partial<KillFault> = {}) {
  const fault: Fault = {
    kind: 'kill',
    target: 'service',
    atMs: 0,
    barrier: 'beforeCacheSet',
    restartAfterMs: 0,
    ...change,
  };
  const breakServer = () => Promise.reject(new Error('no server is to be broken'));
  const targets = { flushCache: async () => {}, services, relays: [], breakServer };
  const injector = faultInjector([fault], targets, systemClock, new AbortController().signal);
  injector.start(systemClock.nowUs());
  return injector;
}

/** What became of a request: its status, or `lost` when the connection broke. */
const get = (service: ServiceInstance, key: string): Promise<number | 'lost'> =>
  fetch(`${service.url}/items/${key}`).then(
    ({ status }) => status,
    () => 'lost',
  );

/** Reads by all tests so far: the server counts the last of them after it has answered. */
let reads = 0;

/** Holds the server's count against what the instances say of themselves, at the end of a test. */
async function expectCounted(...services: ServiceInstance[]): Promise<void> {
  for (const service of services) reads += (await service.report()).dbReads;
  await expect.poll(async () => (await database.read()).reads).toBe(reads);
}

/** Ids of the run's service processes. */
async function serviceProcesses(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '');
    const [environment, command] = await Promise.all([read('environ'), read('cmdline')]);
    if (environment.includes(stack.runId) && command.includes('service/main.ts')) found.push(pid);
  }
  return found;
}

test('who is killed with the lock leaves the lock and no entry, and another answers in its place', async () => {
  await using other = await start('mutex', { lockMs: LOCK_MS, pollMs: 10, waitMs: 100 });
  await using holder = await start('mutex', { lockMs: LOCK_MS, pollMs: 10, waitMs: 100 });
  const injector = storm([other, holder]);
  expect(await get(holder, 'item-1')).toBe('lost');
  // Its place is taken before the storm is judged, whenever that ends.
  const [record] = await injector.stop();
  expect(record).toMatchObject({ name: 'kill', instance: 1, barrier: 'beforeCacheSet' });
  expect(await redis.exists(entryKey(PREFIX, 'item-1'))).toBe(0);
  const remainingMs = await redis.pttl(`${PREFIX}lock:item-1`);
  expect(remainingMs).toBeGreaterThan(0);
  expect(remainingMs).toBeLessThanOrEqual(LOCK_MS);
  // Nobody is let in while it stands: not on the other instance, nor where its holder was.
  expect(await get(other, 'item-1')).toBe(500);
  expect(await get(holder, 'item-1')).toBe(500);
  expect(await get(holder, 'item-2')).toBe(200);
  // One statement of the killed process, one of its successor: the account has them both.
  expect((await holder.report()).dbReads).toBe(2);
  expect((await other.report()).dbReads).toBe(0);
  // Once its time is up the entry is filled again.
  await redis.pexpire(`${PREFIX}lock:item-1`, 1);
  await expect.poll(() => get(other, 'item-1')).toBe(200);
  await expectCounted(other, holder);
});

test('of two that come to the barrier one is killed, and the other goes on', async () => {
  await using a = await start('none');
  await using b = await start('none');
  const injector = storm([a, b]);
  const answers = await Promise.all([a, b].map((service) => get(service, 'item-1')));
  expect(answers.toSorted()).toEqual([200, 'lost']);
  const [record] = await injector.stop();
  expect(record).toMatchObject({ instance: answers.indexOf('lost') });
  expect(await Promise.all([a, b].map((service) => get(service, 'item-3')))).toEqual([200, 200]);
  await expectCounted(a, b);
});

test('who was to be held, and is released before it comes, is not', async () => {
  await using service = await start('none');
  const held = service.hold('afterDbRead');
  service.release();
  expect(await held).toBe(false);
  expect(await get(service, 'item-1')).toBe(200);
  expect((await service.report()).dbReads).toBe(1);
  await expectCounted(service);
});

test('is ended with all its processes, while one of them is just starting, too', async () => {
  const service = await start('none');
  await service.kill();
  expect(await serviceProcesses()).toEqual([]);
  const restarting = service.restart();
  await service[Symbol.asyncDispose]();
  await restarting;
  expect(await serviceProcesses()).toEqual([]);
});

test('of a process that was killed amid its statements, all are counted but for the one about to be sent', async () => {
  await using service = await start('none');
  // Twice as many clients as connections, who ask until they are cut off: whenever it comes, the kill hits statements.
  const answers: (number | 'lost')[] = [];
  let over = false;
  const clients = Array.from({ length: 16 }, async (_, client) => {
    for (let n = 0; !over && answers.at(-1) !== 'lost'; n++)
      answers.push(await get(service, `absent-${client}-${n}`));
  });
  await expect.poll(async () => (await service.report()).dbReads, { interval: 1 }).toBeGreaterThan(8);
  const injector = storm([service], { barrier: null });
  await expect.poll(() => answers, { timeout: 10_000 }).toContain('lost');
  expect(await injector.stop()).toHaveLength(1);
  over = true;
  await Promise.all(clients);
  const { dbReads } = await service.report();
  // As long as any of theirs, and begun after them: when it is counted, so are they.
  expect(await get(service, 'item-1')).toBe(200);
  const counted = async () => (await database.read()).reads - reads;
  await expect.poll(counted).toBeGreaterThanOrEqual(dbReads);
  expect(await counted()).toBeLessThanOrEqual(dbReads + 1);
});
