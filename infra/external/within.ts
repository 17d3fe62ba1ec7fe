import { type Clock, systemClock } from '../../harness/time/clock.ts';

/** Returns what `work` comes to, or throws once its time is up; the work itself is left to its own timeouts. */
export async function within<T>(ms: number, work: Promise<T>, clock: Clock = systemClock): Promise<T> {
  const decided = new AbortController();
  const tooLate = clock.sleep(ms, decided.signal).then(() => {
    throw new Error(`timed out after ${ms} ms`);
  });
  tooLate.catch(() => undefined);
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    decided.abort();
  }
}
