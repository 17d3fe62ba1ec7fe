import { setTimeout as delay } from 'node:timers/promises';

/** What `work` gives, or an error once its time is up; the work itself is left to its own timeouts. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const decided = new AbortController();
  const tooLate = delay(ms, undefined, { signal: decided.signal }).then(() => {
    throw new Error(`timed out after ${ms} ms`);
  });
  tooLate.catch(() => undefined);
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    decided.abort();
  }
}
