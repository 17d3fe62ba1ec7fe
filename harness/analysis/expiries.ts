import type { KeyEvent } from '../probes/redis.ts';

/** A stretch in which the hot key had no usable entry. */
export interface Expiry {
  /** When it ended being usable, or the start of the storm if that was before. Monotonic microseconds. */
  readonly fromUs: number;
  /** When an entry was written again; `null`: not before the trial ended. */
  readonly refilledAtUs: number | null;
}

export interface ExpiryWindow {
  readonly expiry: 'physical' | 'logical';
  readonly ttlMs: number;
  /** The storm: only expiries with readers in it count. */
  readonly fromUs: number;
  readonly toUs: number;
}

const GONE = new Set(['expired', 'del', 'evicted']);

/**
 * Finds the expiries of one key from what Redis announced about it, whatever the strategy says of itself.
 *
 *     physical   set ----T----> expired ....d.... set        Redis says when it dropped the entry
 *     logical    set ----T----> (t + T) ....d.... set        nothing happens at t + T: it is computed
 *
 * A second load of the same expiry writes again *before* T has passed, so it is not taken for another one.
 */
export function findExpiries(events: readonly KeyEvent[], window: ExpiryWindow): Expiry[] {
  const all = window.expiry === 'physical' ? physical(events) : logical(events, window.ttlMs);
  return all
    .filter(
      ({ fromUs, refilledAtUs }) => fromUs < window.toUs && (refilledAtUs ?? window.toUs) > window.fromUs,
    )
    .map((expiry) => ({ ...expiry, fromUs: Math.max(expiry.fromUs, window.fromUs) }));
}

function physical(events: readonly KeyEvent[]): Expiry[] {
  const found: Expiry[] = [];
  let goneAtUs: number | null = null;
  for (const { atUs, event } of events) {
    if (GONE.has(event)) goneAtUs ??= atUs;
    if (event !== 'set' || goneAtUs === null) continue;
    found.push({ fromUs: goneAtUs, refilledAtUs: atUs });
    goneAtUs = null;
  }
  return goneAtUs === null ? found : [...found, { fromUs: goneAtUs, refilledAtUs: null }];
}

function logical(events: readonly KeyEvent[], ttlMs: number): Expiry[] {
  const sets = events.filter(({ event }) => event === 'set').map(({ atUs }) => atUs);
  return sets.flatMap((setAtUs, index) => {
    const fromUs = setAtUs + ttlMs * 1000;
    const refilledAtUs = sets[index + 1] ?? null;
    return refilledAtUs === null || refilledAtUs > fromUs ? [{ fromUs, refilledAtUs }] : [];
  });
}

/** Mean seconds from expiry to refill (theory's d), or `null` when no expiry was refilled. */
export function meanLoadSec(expiries: readonly Expiry[]): number | null {
  const gapsUs = expiries.flatMap(({ fromUs, refilledAtUs }) =>
    refilledAtUs === null ? [] : [refilledAtUs - fromUs],
  );
  return gapsUs.length === 0 ? null : gapsUs.reduce((sum, gap) => sum + gap, 0) / gapsUs.length / 1e6;
}
