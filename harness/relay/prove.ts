/**
 * `npm run proof:cdc -- [kills] [changes a second] [plain]`: kills the follower of the binary log again and again under
 * load. Nothing may be lost, no entry may go back to an older version, and between the kills half of the changes are to
 * be applied within 5 ms of being sent: that on an idle machine only. With `plain` entries are set whatever their
 * version, which has to fail: so the proof can.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Redis } from 'ioredis';
import { localDatabase } from '../../infra/local/database.ts';
import { localRedis } from '../../infra/local/redis.ts';
import { startStack } from '../../infra/stack.ts';
import { comparePositions, type LogPosition } from '../change-log/log-position.ts';
import { type CommitLog, connectCommitLog } from '../probes/commit-log.ts';
import { connectDatabaseProbe } from '../probes/database.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import { connectRedis } from '../service/context.ts';
import { type CountedOrigin, connectOrigin } from '../service/origin.ts';
import { systemClock } from '../time/clock.ts';
import { seededRandom } from '../time/random.ts';
import { WITNESS } from './fixtures/witnessed-binlog.ts';
import { isIdle, lookAt } from './idle.ts';
import { type RelayInstance, startRelayInstance } from './instance.ts';

const FIXTURE = fileURLToPath(new URL('./fixtures/witnessed-binlog.ts', import.meta.url));
/** So few that what comes again after a kill meets newer versions. */
const ROWS = 50;
const LAG_BAR_MS = 5;
/** How long it may work between two kills, once it has caught up. */
const UNDISTURBED_MS = 1_500;
/** Changes that it has in hand at least when it is killed: some are applied then, and their position is not saved. */
const IN_HAND = 5;
/** From its end until its successor is started. */
const DOWN_MS = 200;
const CATCH_UP_MS = 60_000;

const kills = Number(process.argv[2] ?? 10);
const ratePerSec = Number(process.argv[3] ?? 2_000);
const versioned = process.argv[4] === 'plain' ? 0 : 1;
process.exitCode = (await prove()) ? 0 : 1;

async function prove(): Promise<boolean> {
  await using cleanUp = new AsyncDisposableStack();
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => interrupted.abort(new Error(`interrupted by ${name}`)));
  const { signal } = interrupted;
  const backends = [localRedis(), localDatabase()];
  const stack = cleanUp.use(await startStack({ runId: `proof-${randomUUID()}`, backends, signal }));
  const [redisServer, database] = [stack.get('redis'), stack.get('database')];
  const probe = cleanUp.use(await connectDatabaseProbe(database.url('probe'), 'relay'));
  await probe.seed({ rows: ROWS, valueBytes: 64, keyOf: (n) => `item-${n}` });
  const commitLog = cleanUp.use(await connectCommitLog(database.url('probe')));
  const url = database.url('service');
  const origin = cleanUp.use(connectOrigin({ url, queryMs: 0, poolSize: 32, clock: systemClock }));
  const redis = cleanUp.adopt(connectRedis(redisServer.url('probe')), (client) => client.disconnect());
  await redis.connect();
  const config = {
    strategy: FIXTURE,
    relay: 'follower',
    index: 0,
    parameters: { versioned },
    ttlMs: 3_600_000,
    queryMs: 0,
    poolSize: 4,
    stepDelayMs: 0,
    keyPrefix: 'proof:',
    seed: 1,
    positionFile: join(stack.root, 'position.json'),
  };
  const relay = cleanUp.use(
    await startRelayInstance({
      config,
      redisUrl: redisServer.url('relay'),
      databaseUrl: database.url('relay'),
      brokerUrl: null,
      env: { ...process.env, ...stack.marker },
      onProcess: (group) => stack.guardian.watch(group),
      accounts: stack.root,
    }),
  );

  const from = await commitLog.position();
  const writing = new AbortController();
  const written = write(origin, AbortSignal.any([signal, writing.signal]));
  let lagsHeld = true;
  for (let kill = 1; kill <= kills; kill++) {
    const lag = await undisturbedLag(relay, commitLog, signal);
    lagsHeld &&= lag.p50Ms < LAG_BAR_MS;
    await within(async () => ((await relay.report()).log?.waiting ?? 0) >= IN_HAND, signal);
    await relay.kill();
    await systemClock.sleep(DOWN_MS, signal);
    await relay.restart();
    console.log(
      `kill ${kill}: before it p50 ${lag.p50Ms.toFixed(2)} ms, p99 ${lag.p99Ms.toFixed(2)} ms of ${lag.count} changes`,
    );
  }
  writing.abort();
  const sent = await written;
  await caughtUp(relay, commitLog, signal);
  const found = await compare(redis, commitLog, from);
  console.log(`${sent.count} changes sent at ${sent.perSec.toFixed(0)}/s, ${found.committed} committed`);
  console.log(
    `lost: ${found.lost}; applied again after a kill: ${found.again}; went back: ${found.wentBack}`,
  );
  console.log(
    `p50 under ${LAG_BAR_MS} ms between all kills: ${lagsHeld ? 'yes' : 'no (of an idle machine only?)'}`,
  );
  return found.committed > 0 && found.lost === 0 && found.wentBack === 0 && lagsHeld;
}

/** Changes random rows at the given rate, whether or not the database keeps up, until the signal. */
async function write(origin: CountedOrigin, signal: AbortSignal): Promise<{ count: number; perSec: number }> {
  const random = seededRandom(1);
  const underWay = new Set<Promise<unknown>>();
  const startedUs = systemClock.nowUs();
  const elapsedSec = () => (systemClock.nowUs() - startedUs) / 1e6;
  let count = 0;
  while (!signal.aborted) {
    for (; count < elapsedSec() * ratePerSec; count++) {
      const writing = origin.store(`item-${random.int(ROWS)}`, `value-${count}`);
      underWay.add(writing);
      writing.finally(() => underWay.delete(writing)).catch(() => undefined);
    }
    await systemClock.sleep(2, signal).catch(() => undefined);
  }
  const perSec = count / elapsedSec();
  await Promise.all(underWay);
  return { count, perSec };
}

async function undisturbedLag(relay: RelayInstance, commitLog: CommitLog, signal: AbortSignal) {
  await follows(relay, await commitLog.position(), signal);
  relay.stormStarts();
  await systemClock.sleep(UNDISTURBED_MS, signal);
  using lag = LatencyHistogram.decode((await relay.lag()).lag.histogram);
  return {
    p50Ms: (lag.percentile(50) ?? Number.NaN) / 1000,
    p99Ms: (lag.percentile(99) ?? Number.NaN) / 1000,
    count: lag.count,
  };
}

async function caughtUp(relay: RelayInstance, commitLog: CommitLog, signal: AbortSignal): Promise<void> {
  const until = await commitLog.position();
  let before = await lookAt([relay]);
  await within(async () => {
    const now = await lookAt([relay]);
    const idle = isIdle(before, now, until);
    before = now;
    return idle;
  }, signal);
}

/** Waits until it has applied all before `until`, while more comes. */
async function follows(relay: RelayInstance, until: LogPosition, signal: AbortSignal): Promise<void> {
  await within(async () => {
    const { log } = await relay.report();
    const position = log?.position;
    return position != null && comparePositions(position, until) >= 0;
  }, signal);
}

async function within(seen: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const untilUs = systemClock.nowUs() + CATCH_UP_MS * 1000;
  while (!(await seen())) {
    if (systemClock.nowUs() > untilUs) throw new Error(`it has not caught up within ${CATCH_UP_MS} ms`);
    await systemClock.sleep(5, signal);
  }
}

/** Holds what the follower says that it did against what the log says was committed. */
async function compare(redis: Redis, commitLog: CommitLog, from: LogPosition) {
  const committed = new Set<string>();
  await commitLog.committed(from, await commitLog.position(), ({ key, version }) =>
    committed.add(`${key} ${version}`),
  );
  const applied = new Set<string>();
  const held = new Map<string, number>();
  let [again, wentBack] = [0, 0];
  for (const text of await redis.lrange(WITNESS, 0, -1)) {
    const [key = '', version = '', entryVersion = ''] = text.split(' ');
    const change = `${key} ${version}`;
    if (applied.has(change)) again++;
    applied.add(change);
    if (Number(entryVersion) < (held.get(key) ?? 0)) wentBack++;
    held.set(key, Number(entryVersion));
  }
  const lost = [...committed].filter((change) => !applied.has(change)).length;
  return { committed: committed.size, lost, again, wentBack };
}
