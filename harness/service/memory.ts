import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ServiceMemory } from './protocol.ts';

/**
 * What this process holds on to. Costs two full garbage collections, so ask when nothing is measured any more:
 * without them the heap is as large as the time since the last one.
 */
export function readMemory(): ServiceMemory {
  const { rss } = process.memoryUsage();
  // The flag holds for contexts made from now on: no command line has to know of it.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  // Buffers are given back only by the one after: up to 10 MB, more than a small cache.
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return { liveBytes: heapUsed + external, residentBytes: rss };
}
