import type { TrialSample } from '../record/sample.ts';
import type { Scenario } from '../scenario/schema.ts';

/** What set a storm off. Monotonic microseconds. */
export interface Trigger {
  /** For reports and for the windows of thresholds. */
  readonly name: string;
  readonly fromUs: number;
  /** When it was over. What goes on afterwards is the system's own doing. */
  readonly toUs: number;
}

/** In the order of time: the faults, the common expiry of what was preloaded, the cold start. */
export function triggersOf(sample: TrialSample, { start, cache }: Scenario): Trigger[] {
  const { load, preloadedAtUs, faults = [] } = sample;
  const endUs = load.startedAtUs + load.durationMs * 1000;
  const found: Trigger[] = faults.map(({ name, fromUs, toUs }) => ({ name, fromUs, toUs }));
  if (start === 'cold') {
    found.push({ name: 'cold-start', fromUs: load.startedAtUs, toUs: load.startedAtUs });
  }
  if (preloadedAtUs !== undefined) {
    const atUs = preloadedAtUs + cache.ttlMs * 1000;
    // What was flushed before can't expire any more.
    const flushed = faults.some(({ kind, fromUs }) => kind === 'flush' && fromUs < atUs);
    if (atUs < endUs && !flushed) found.push({ name: 'expiry', fromUs: atUs, toUs: atUs });
  }
  return found.toSorted((a, b) => a.fromUs - b.fromUs);
}
