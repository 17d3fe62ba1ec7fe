import { keySource } from './keys.ts';
import type { GeneratorPlan } from './protocol.ts';
import { streamSource } from './streams.ts';

/**
 * The keys that an open load of this plan asks for, in the order of the requests, drawn again from its seed: what was
 * asked for needs no log. `null` when they are not in the plan alone, or not only read: rows that the load itself
 * inserts, writes, keys that exist nowhere.
 *
 * @param count Requests offered.
 */
export function drawnKeys(
  plan: Pick<GeneratorPlan, 'keys' | 'streams' | 'seed'>,
  count: number,
): readonly string[] | null {
  const { keys, streams, seed } = plan;
  const onlyReads = (streams ?? [{ keys, operation: 'read' }]).every(
    (stream) =>
      stream.operation === 'read' &&
      stream.keys.kind !== 'new' &&
      stream.keys.kind !== 'inserted' &&
      stream.keys.kind !== 'missing',
  );
  if (!onlyReads) return null;
  if (streams === undefined) {
    const next = keySource(keys, seed);
    return Array.from({ length: count }, () => next().key);
  }
  const source = streamSource(streams, { seed });
  return Array.from({ length: count }, () => source.next().key);
}
