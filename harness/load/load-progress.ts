import type { Clock } from '../time/clock.ts';
import type { LoadRecorder } from './load-recorder.ts';
import type { LoadProgress } from './protocol.ts';

export interface ProgressListener {
  readonly clock: Clock;
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** Tells how a load stands every `everyMs`, until it is disposed of; never when `everyMs` is undefined. */
export function tellProgress(
  everyMs: number | undefined,
  recorder: LoadRecorder,
  { clock, onProgress }: ProgressListener,
): Disposable {
  if (everyMs === undefined || onProgress === undefined) return { [Symbol.dispose]: () => undefined };
  let toldUs = clock.nowUs();
  const timer = setInterval(() => {
    const nowUs = clock.nowUs();
    onProgress(recorder.progress((nowUs - toldUs) / 1e3));
    toldUs = nowUs;
  }, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
