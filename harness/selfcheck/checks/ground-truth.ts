import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { localDatabase } from '../../../infra/local/database.ts';
import { localRedis } from '../../../infra/local/redis.ts';
import { startStack } from '../../../infra/stack.ts';
import { itemKey } from '../../load/keys.ts';
import { connectDatabaseProbe } from '../../probes/database.ts';
import { type Probes, readTruth, type TruthReading } from '../../probes/ground-truth.ts';
import { connectRedisProbe } from '../../probes/redis.ts';
import { connectOrigin } from '../../service/origin.ts';
import type { Check, Figure } from '../check.ts';

const ROWS = 10;
const LOADS = 137;
const PREPARED = 23;
const STORES = 41;
const HITS = 61;
const MISSES = 17;
/** A server counts a statement just after its answer; on a busy machine long after. */
const COUNT_WITHIN_MS = 2_000;
const COUNT_AGAIN_MS = 20;

/** A known number of statements and commands, sent as the service sends them: the servers must count those. */
export const groundTruth: Check = {
  name: 'ground-truth',
  shows: 'the servers count what was sent to them',
  async measure({ clock, signal }) {
    const backends = [localRedis(), localDatabase()];
    const runId = `selfcheck-truth-${randomBytes(4).toString('hex')}`;
    await using stack = await startStack({ backends, runId, signal });
    await using cleanUp = new AsyncDisposableStack();
    const databaseUrl = stack.get('database').url('service');
    const { username } = new URL(databaseUrl);
    const probes: Probes = {
      clock,
      database: cleanUp.use(await connectDatabaseProbe(stack.get('database').url('probe'), username)),
      redis: cleanUp.use(await connectRedisProbe(stack.get('redis').url('probe'), clock)),
    };
    await probes.database.seed({ rows: ROWS, valueBytes: 10, keyOf: itemKey });

    const before = await readTruth(probes);
    await useDatabase(databaseUrl, clock);
    await useRedis(stack.get('redis').url('service'));
    const deadlineUs = clock.nowUs() + COUNT_WITHIN_MS * 1e3;
    for (;;) {
      const figures = figuresOf(before, await readTruth(probes));
      if (figures.every(({ truth, reading }) => truth === reading) || clock.nowUs() >= deadlineUs) {
        return figures;
      }
      await clock.sleep(COUNT_AGAIN_MS, signal);
    }
  },
};

function figuresOf(before: TruthReading, after: TruthReading): Figure[] {
  type Counter = 'dbReads' | 'dbWrites' | 'redisHits' | 'redisMisses';
  const figure = (name: string, truth: number, of: Counter): Figure => ({
    name,
    unit: '',
    truth,
    reading: after[of] - before[of],
    tolerance: 0,
    noise: 'nothing',
  });
  return [
    figure('db reads', LOADS + PREPARED, 'dbReads'),
    figure('db writes', STORES, 'dbWrites'),
    figure('redis hits', HITS, 'redisHits'),
    figure('redis misses', MISSES, 'redisMisses'),
  ];
}

/** As the built-in service does, on a pool, a missing row among the loads; and as one that prepares would. */
async function useDatabase(url: string, clock: Probes['clock']): Promise<void> {
  await using origin = connectOrigin({ url, queryMs: 1, poolSize: 4, clock });
  await Promise.all(Array.from({ length: LOADS }, (_, n) => origin.load(itemKey(n % (ROWS + 1)))));
  await Promise.all(Array.from({ length: STORES }, (_, n) => origin.store(itemKey(n % ROWS), 'new')));
  const connection = await createConnection({ uri: url });
  for (let n = 0; n < PREPARED; n++) await connection.execute('SELECT ? AS n', [n]);
  await connection.end();
}

async function useRedis(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0 });
  // Without a listener a lost connection ends the process; the commands themselves report it.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.set('here', 'x');
    await Promise.all(Array.from({ length: HITS }, () => redis.get('here')));
    await Promise.all(Array.from({ length: MISSES }, () => redis.get('nowhere')));
  } finally {
    redis.disconnect();
  }
}
