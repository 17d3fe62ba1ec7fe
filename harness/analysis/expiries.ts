import type { ExpiryKind } from '../../scenarios/strategies/strategy.ts';
import type { KeyEvent } from '../probes/redis.ts';

/** A stretch in which the hot key had no usable entry; one of length 0 when it was renewed before that. */
export interface Expiry {
  /** When it ended being usable, or the start of the storm if that was before. Monotonic microseconds. */
  readonly fromUs: number;
  /** When an entry was written again; `null`: not before the trial ended. */
  readonly refilledAtUs: number | null;
}

export interface ExpiryWindow {
  readonly expiry: ExpiryKind;
  readonly ttlMs: number;
  /** The modelled query, milliseconds: the least that any load takes. */
  readonly queryMs: number;
  /** The storm, or for `early` what the database's count spans: only expiries with readers in it count. */
  readonly fromUs: number;
  readonly toUs: number;
}

const GONE = new Set(['expired', 'del', 'evicted']);

/**
 * How long after the first SET of a renewal another still belongs to it, in modelled queries.
 *
 * Below 1 nothing can be merged wrongly: a load that started after the first SET is not back yet. But a load
 * that started just before it and was a little slower would be split off as a renewal of its own, so half a
 * query is left for that. A renewal that is due again within this half is merged, which takes a time to live
 * that is short against the load.
 */
const RENEWAL_QUERIES = 1.5;

/**
 * Finds the expiries of one key from what Redis announced about it, whatever the strategy says of itself.
 *
 *     physical   set ----T----> expired ....d.... set        Redis says when it dropped the entry
 *     logical    set ----T----> (t + T) ....d.... set        nothing happens at t + T: it is computed
 *     early      set -------> [load ..d.. set, load ..d.. set] -------> [load ..
 *
 * A second load of the same expiry writes again *before* T has passed, so it is not taken for another one.
 *
 * An early renewal is what XFetch's paper counts: all loads that started before the first of them wrote the
 * entry, for whoever reads after that sees the new one. They end within a load of that first SET, so the SETs
 * of one renewal are those within 1.5 modelled queries of its first.
 */
export function findExpiries(events: readonly KeyEvent[], window: ExpiryWindow): Expiry[] {
  return expiriesOf(events, window)
    .filter(
      ({ fromUs, refilledAtUs }) => fromUs < window.toUs && (refilledAtUs ?? window.toUs) > window.fromUs,
    )
    .map((expiry) => ({ ...expiry, fromUs: Math.max(expiry.fromUs, window.fromUs) }));
}

function expiriesOf(events: readonly KeyEvent[], { expiry, ttlMs, queryMs }: ExpiryWindow): Expiry[] {
  if (expiry === 'early') return early(events, queryMs);
  return expiry === 'logical' ? logical(events, ttlMs) : physical(events);
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

function early(events: readonly KeyEvent[], queryMs: number): Expiry[] {
  const renewals: { fromUs: number; refilledAtUs: number }[] = [];
  let goneAtUs: number | null = null;
  for (const { atUs, event } of events) {
    if (GONE.has(event)) goneAtUs ??= atUs;
    if (event !== 'set') continue;
    const current = renewals.at(-1);
    if (current === undefined || atUs > current.refilledAtUs + RENEWAL_QUERIES * queryMs * 1000)
      renewals.push({ fromUs: goneAtUs ?? atUs, refilledAtUs: atUs });
    goneAtUs = null;
  }
  return goneAtUs === null ? renewals : [...renewals, { fromUs: goneAtUs, refilledAtUs: null }];
}

/** Mean seconds from expiry to refill (theory's d), or `null` when no expiry was refilled. */
export function meanLoadSec(expiries: readonly Expiry[]): number | null {
  const gapsUs = expiries.flatMap(({ fromUs, refilledAtUs }) =>
    refilledAtUs === null ? [] : [refilledAtUs - fromUs],
  );
  return gapsUs.length === 0 ? null : gapsUs.reduce((sum, gap) => sum + gap, 0) / gapsUs.length / 1e6;
}
