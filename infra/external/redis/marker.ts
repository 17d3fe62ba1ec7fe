import type { Redis } from 'ioredis';

/** The key by which a run's keys can be told from other people's, and a dead run's from a living one's. */
export interface Marker {
  readonly runId: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

export function markerKey(prefix: string): string {
  return `${prefix}marker`;
}

/** The channel that a run listens to for as long as it lives; nothing is ever published there. */
export function lifeline(prefix: string, runId: string): string {
  return `${prefix}run:${runId}`;
}

/** As `newRunId` makes them, and tests. */
const RUN_ID = /^[\w.-]{1,128}$/;

/** `null`: there is none, or not one of ours: of another type, or not to the letter what `setMarker` writes. */
export async function readMarker(redis: Redis, prefix: string): Promise<Marker | null> {
  // Of another type it is somebody else's.
  const text = await redis.get(markerKey(prefix)).catch((error: unknown) => {
    if (/WRONGTYPE/.test(String(error))) return null;
    throw error;
  });
  if (text === null) return null;
  try {
    const { runId, startedAt } = JSON.parse(text) as Marker;
    const marker = { runId, startedAt };
    const ours = RUN_ID.test(runId) && new Date(startedAt).toISOString() === startedAt;
    return ours && JSON.stringify(marker) === text ? marker : null;
  } catch {
    return null;
  }
}

/**
 * Whether the run of a marker still lives: it holds a subscription, which ends with its process or its host's
 * connection. No clock has a say in it.
 */
export async function isAlive(redis: Redis, prefix: string, { runId }: Marker): Promise<boolean> {
  const answer = (await redis.pubsub('NUMSUB', lifeline(prefix, runId))) as (string | number)[];
  return Number(answer[1]) > 0;
}

/** @returns whether there was none, so that the prefix is ours now */
export async function setMarker(redis: Redis, prefix: string, marker: Marker): Promise<boolean> {
  return (await redis.set(markerKey(prefix), JSON.stringify(marker), 'NX')) === 'OK';
}

/** Nobody may come to life, or be faster, between the question and the answer. */
const TAKE_OVER = `
  local found = cjson.decode(redis.call('GET', KEYS[1]))
  if found.runId ~= ARGV[1] or redis.call('PUBSUB', 'NUMSUB', ARGV[2])[2] > 0 then return 0 end
  redis.call('SET', KEYS[1], ARGV[3])
  return 1`;

/** @returns whether the marker was still that of `dead`, which is dead, so that the prefix and its keys are ours now */
export async function takeOver(redis: Redis, prefix: string, dead: Marker, marker: Marker): Promise<boolean> {
  const { runId } = dead;
  const values = [runId, lifeline(prefix, runId), JSON.stringify(marker)];
  return (await redis.eval(TAKE_OVER, 1, markerKey(prefix), ...values)) === 1;
}
