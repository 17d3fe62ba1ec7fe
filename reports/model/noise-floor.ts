/** How far the baseline differs from itself, in words: the size below which no difference counts. */
import { agreeing } from '../../harness/result/agreement.ts';
import type { NoiseFloor, ScenarioResult } from '../../harness/result/schema.ts';
import { percent } from './format.ts';
import { metricLabel } from './metrics.ts';

/** As a heading, before the sentence. */
export const NOISE_FLOOR = 'Noise floor (A/A)';

/**
 * `none against itself, as none-again: Database reads within ±0.4 %, Goodput the same (75 % intervals of 3 rounds).`;
 * `null` without `--aa`, and when nothing was measured.
 */
export function noiseFloorSentence({ noiseFloor, strategies }: ScenarioResult): string | null {
  const [first] = noiseFloor ?? [];
  if (noiseFloor === undefined || first === undefined) return null;
  const baseline = strategies.find((strategy) => strategy.baseline)?.name ?? 'the baseline';
  const again = strategies.find((strategy) => strategy.aa)?.name ?? 'the other';
  const found = noiseFloor.map((entry) => `${metricLabel(entry.metric)} ${range(entry)}`).join(', ');
  const sure = `${percent(first.confidence)} % intervals of ${first.rounds} ${agreeing(first.rounds, 'round')}`;
  return `${baseline} against itself, as ${again}: ${found} (${sure}).`;
}

function range({ within, verdict }: NoiseFloor): string {
  // The finding that takes the verdict from other comparisons must not pass for an ordinary width.
  const finding = verdict === 'better' || verdict === 'worse' ? `, ${verdict}` : '';
  if (within === null) return `without limit${finding}`;
  if (within === 0) return 'the same';
  // A third digit of a spread from a few rounds would be noise itself; from a doubling on, ±100 % would mislead.
  const digits = (value: number) => Number(value.toPrecision(2));
  const size = within < 1 ? `±${digits(within * 100)} %` : `× ${digits(1 + within)}, up or down`;
  return `within ${size}${finding}`;
}
