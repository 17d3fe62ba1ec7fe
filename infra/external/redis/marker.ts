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

/** `null`: there is none, or not one of ours. */
export async function readMarker(redis: Redis, prefix: string): Promise<Marker | null> {
  // Of another type it is somebody else's.
  const text = await redis.get(markerKey(prefix)).catch(() => null);
  if (text === null) return null;
  try {
    const { runId, startedAt } = JSON.parse(text) as Partial<Marker>;
    return typeof runId === 'string' && typeof startedAt === 'string' ? { runId, startedAt } : null;
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
