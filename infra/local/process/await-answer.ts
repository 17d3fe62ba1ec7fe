import { systemClock } from '../../../harness/time/clock.ts';
import type { ProcessExit, ServerProcess } from './server-process.ts';

/** How the wait for a server's first answer ended. */
export type Answer =
  | { readonly kind: 'answered' }
  | { readonly kind: 'exited'; readonly exit: ProcessExit }
  | { readonly kind: 'deadline'; readonly lastError: unknown };

const POLL_MS = 10;

/**
 * Asks again and again, every 10 ms, until the server answers, dies, or has had `deadlineMs`.
 *
 * @param ask one attempt: resolves when answered; rejects when not. An attempt that the server's death, the deadline or
 * the signal overtakes is left to itself: a server that was stopped may never answer it.
 * @throws the signal's reason when that is aborted.
 */
export async function awaitAnswer(
  process: ServerProcess,
  ask: () => Promise<void>,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Answer> {
  const deadlineUs = systemClock.nowUs() + deadlineMs * 1e3;
  const over = new AbortController();
  const late = systemClock.sleep(deadlineMs, AbortSignal.any([signal, over.signal])).then(() => {
    throw new Error('it accepts connections, if any, and does not answer');
  });
  late.catch(() => undefined);
  let lastError: unknown;
  try {
    for (;;) {
      signal.throwIfAborted();
      try {
        await Promise.race([ask(), process.exited, late]);
        // Whoever answered must be ours: a dead child means that someone else holds the port.
        if (process.exit === undefined) return { kind: 'answered' };
      } catch (error) {
        lastError = error;
      }
      if (process.exit !== undefined) return { kind: 'exited', exit: process.exit };
      if (systemClock.nowUs() > deadlineUs) return { kind: 'deadline', lastError };
      await systemClock.sleep(POLL_MS, signal);
    }
  } finally {
    over.abort();
  }
}
