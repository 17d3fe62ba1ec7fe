/**
 * Returns what work comes to, or throws the signal's reason as soon as that is aborted: an interrupted storm has no result, so nobody
 * waits for the requests on their way.
 *
 * @param graceMs how long work that was aborted, too, may take to put things right. @default 0
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, graceMs = 0): Promise<T> {
  // What it says on its way out concerns nobody, also when the signal was aborted before this was called.
  work.catch(() => undefined);
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const leave = () => aborted.reject(signal.reason);
  let grace: NodeJS.Timeout | undefined;
  const onAbort = () => {
    if (graceMs === 0) leave();
    else grace = setTimeout(leave, graceMs);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    clearTimeout(grace);
  }
}
