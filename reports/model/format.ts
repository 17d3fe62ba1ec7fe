/**
 * Numbers as a reader meets them: three significant digits at most, thousands separated, no exponents.
 * Rounding never hides a failure: 0.9996 is `>99.9`, not `100`.
 */
import type { Metric } from '../../harness/result/schema.ts';

/** What stands where nothing was measured. */
export const MISSING = '–';
/** What stands for a time without end. */
export const NEVER = 'never';

type Unit = Metric['unit'];

const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const SMALLEST = 0.001;

/** Three significant digits; whole numbers below 1,000 as they are: `101`, `1.03`, `12,300`, `<0.001`. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return MISSING;
  if (Number.isInteger(value) && Math.abs(value) < 1000) return String(value === 0 ? 0 : value);
  if (Math.abs(value) < SMALLEST) return value < 0 ? '>-0.001' : '<0.001';
  const rounded = Number(value.toPrecision(3));
  if (Math.abs(rounded) >= 1000) return GROUPED.format(rounded);
  return rounded.toPrecision(3);
}

/** A share between 0 and 1 as percent, without the sign. Never rounds up to 100 or down to 0. */
export function percent(share: number): string {
  const text = significant(share * 100);
  if (share < 1 && Number(text) >= 100) return '>99.9';
  return Number.isInteger(Number(text)) ? String(Number(text)) : text;
}

/** The unit that a header shows for values made by {@link figure}. */
export function unitLabel(unit: Unit): string {
  switch (unit) {
    case 'fraction':
      return '%';
    case 'bytes':
      return 'MiB';
    case 'per second':
      return '1/s';
    case 'ratio':
      return '×';
    case 'count':
      return '';
    case 'ms':
      return 'ms';
  }
}

/** A value in the unit of its metric, without the unit itself. */
export function figure(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return MISSING;
  if (value === Number.POSITIVE_INFINITY) return NEVER;
  if (unit === 'fraction') return percent(value);
  if (unit === 'bytes') return significant(value / 1024 ** 2);
  return significant(value);
}

/** `low–high`, or `null` when both read the same and so tell nothing. */
export function interval(low: number | null, high: number | null, unit: Unit): string | null {
  if (low === null && high === null) return null;
  if (low === null) return `≤ ${figure(high, unit)}`;
  if (high === null) return `≥ ${figure(low, unit)}`;
  const [from, to] = [figure(low, unit), figure(high, unit)];
  return from === to ? null : `${from}–${to}`;
}

/** A value with its unit, for running text: `12.3 ms`, `99.1 %`, `505`. */
export function quantity(value: number | null | undefined, unit: Unit): string {
  const text = figure(value, unit);
  const label = unitLabel(unit);
  return text === MISSING || text === NEVER || label === '' ? text : `${text} ${label}`;
}

/** `2026-03-01 10:00 UTC` from an ISO 8601 time in UTC; any other text stays as it is. */
export function timestamp(iso: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso) ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC` : iso;
}

/** `1 min 12 s` between two ISO times, or `null` when either is not a time. */
export function duration(fromIso: string, toIso: string): string | null {
  const seconds = Math.round((Date.parse(toIso) - Date.parse(fromIso)) / 1000);
  if (!Number.isFinite(seconds) || seconds < 0) return null;
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}
