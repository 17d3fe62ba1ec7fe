import { Patience } from './patience.ts';

/** Returns what `work` comes to within `ms`, and throws then. It goes on, and nobody waits for it. See `Patience`. */
export async function inTime<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  const over = Promise.withResolvers<never>();
  // What it says later concerns nobody.
  work.catch(() => undefined);
  using _patience = new Patience(ms, () => over.reject(late()));
  return await Promise.race([work, over.promise]);
}
