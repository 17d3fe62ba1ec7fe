import { Patience } from './patience.ts';

/** What `work` comes to within `ms`; then it is not waited for any more. See `Patience`. */
export async function inTime<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  const over = Promise.withResolvers<never>();
  // What it says later concerns nobody.
  work.catch(() => undefined);
  using _patience = new Patience(ms, () => over.reject(late()));
  return await Promise.race([work, over.promise]);
}
