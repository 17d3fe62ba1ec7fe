import type { Tool } from './tool.ts';
import { autocannon } from './tools/autocannon.ts';
import { cachestorm } from './tools/cachestorm.ts';
import { k6 } from './tools/k6.ts';
import { wrk } from './tools/wrk.ts';
import { wrk2 } from './tools/wrk2.ts';

/** Ours first: the others are compared with it. */
export function tools(cachestormMain: string): readonly [ours: Tool, ...peers: Tool[]] {
  return [cachestorm(cachestormMain), autocannon, wrk, wrk2, k6];
}
