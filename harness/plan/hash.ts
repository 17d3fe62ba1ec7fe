import { createHash } from 'node:crypto';
import type { Plan } from './plan.ts';

/** SHA-256 of the plan, hex: two runs with the same hash asked for exactly the same thing. */
export function planHash(plan: Plan): string {
  return createHash('sha256').update(canonicalJson(plan)).digest('hex');
}

/** JSON with the keys of every object sorted, so that the order in which they were written does not matter. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, held: unknown) =>
    typeof held === 'object' && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)))
      : held,
  );
}
