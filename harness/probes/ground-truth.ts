import type { Clock } from '../time/clock.ts';
import type { DatabaseProbe } from './database.ts';
import type { RedisProbe } from './redis.ts';

/** The servers' own counters at one moment. */
export interface TruthReading {
  /** Monotonic microseconds, halfway between asking and the answer. */
  readonly atUs: number;
  readonly dbReads: number;
  readonly dbWrites: number;
  readonly redisHits: number;
  readonly redisMisses: number;
  readonly redisExpired: number;
  readonly redisEvicted: number;
  readonly redisMemoryBytes: number;
  /** Absent from samples of earlier versions, as is the next. */
  readonly redisEntries?: number;
  /** Writes that found no room. */
  readonly redisRefused?: number;
  /** How often another Redis has taken over since the run began; absent: never. */
  readonly redisTakeovers?: number;
}

export interface Probes {
  readonly database: DatabaseProbe;
  readonly redis: RedisProbe;
  readonly clock: Clock;
}

/** @throws ProbeError */
export async function readTruth({ database, redis, clock }: Probes): Promise<TruthReading> {
  const askedUs = clock.nowUs();
  const [db, cache] = await Promise.all([database.read(), redis.read()]);
  return {
    atUs: (askedUs + clock.nowUs()) / 2,
    dbReads: db.reads,
    dbWrites: db.writes,
    redisHits: cache.hits,
    redisMisses: cache.misses,
    redisExpired: cache.expired,
    redisEvicted: cache.evicted,
    redisMemoryBytes: cache.memoryBytes,
    redisEntries: cache.entries,
    redisRefused: cache.refused,
    ...(cache.takeovers > 0 ? { redisTakeovers: cache.takeovers } : {}),
  };
}

export interface Sampler {
  /** Stops, waits for a reading under way, and hands the readings over. Rejects with the first error of a reading. */
  stop(): Promise<readonly TruthReading[]>;
}

/**
 * Reads the counters every `intervalMs` until stopped. A reading that takes longer than the interval
 * delays the next instead of piling up: rates are computed from each reading's own time.
 */
export function startSampler(probes: Probes, intervalMs: number): Sampler {
  const stopping = new AbortController();
  const readings: TruthReading[] = [];
  const { clock } = probes;

  async function loop(): Promise<void> {
    let dueUs = clock.nowUs();
    while (!stopping.signal.aborted) {
      readings.push(await readTruth(probes));
      dueUs = Math.max(dueUs + intervalMs * 1000, clock.nowUs());
      await clock.sleep((dueUs - clock.nowUs()) / 1000, stopping.signal).catch(() => undefined);
    }
  }
  const done = loop();
  // Observed in stop(); until then a failed reading must not end the process.
  done.catch(() => undefined);
  return {
    async stop() {
      stopping.abort();
      await done;
      return readings;
    },
  };
}
