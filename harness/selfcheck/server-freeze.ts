import type { Bench } from './check.ts';
import type { TruthProcess } from './truth-process.ts';

/** When a server stood still, in milliseconds since the storm's start. */
export interface FrozenSpan {
  readonly fromMs: number;
  readonly freezeMs: number;
}

/** Stops a server at a time of the storm. Returns when it really was: a busy machine wakes us late. */
export async function freezeServer(
  server: TruthProcess,
  startedAtUs: number,
  plan: FrozenSpan,
  { clock, signal }: Pick<Bench, 'clock' | 'signal'>,
): Promise<FrozenSpan> {
  await clock.sleep(plan.fromMs - (clock.nowUs() - startedAtUs) / 1e3, signal);
  const frozenUs = clock.nowUs();
  server.freeze();
  try {
    await clock.sleep(plan.freezeMs, signal);
  } finally {
    server.thaw();
  }
  return { fromMs: (frozenUs - startedAtUs) / 1e3, freezeMs: (clock.nowUs() - frozenUs) / 1e3 };
}
