import { readEntry } from './fill.ts';
import type { LoadGate } from './load-gate.ts';
import { SHED } from './shed.ts';
import type { Item, ReadRequest, ReadResult, StrategyContext } from './strategy.ts';

/** A read that missed, behind a gate: it fills when there is room, and looks again when it had to wait. */
export async function readThroughGate(
  context: StrategyContext,
  gate: LoadGate,
  { key, request }: { readonly key: string; readonly request: ReadRequest },
  fill: () => Promise<Item | null>,
): Promise<ReadResult> {
  const place = await gate.enter(request.signal);
  if (place === null) return SHED;
  try {
    const filled = place.waited ? await readEntry(context, key) : null;
    return { item: filled ?? (await fill()), outcome: 'miss' };
  } finally {
    place.leave();
  }
}
