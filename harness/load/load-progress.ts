import type { LoadRecorder } from './load-recorder.ts';
import type { LoadProgress } from './protocol.ts';

/** Tells how a load stands every `everyMs`, until it is disposed of; never when `everyMs` is undefined. */
export function tellProgress(
  everyMs: number | undefined,
  recorder: LoadRecorder,
  tell: ((progress: LoadProgress) => void) | undefined,
): Disposable {
  if (everyMs === undefined || tell === undefined) return { [Symbol.dispose]: () => undefined };
  const timer = setInterval(() => tell(recorder.progress()), everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
