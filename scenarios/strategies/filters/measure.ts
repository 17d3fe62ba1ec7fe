import type { FilterContender } from './contenders.ts';

export interface MeasuredFilter {
  readonly name: string;
  readonly keys: number;
  readonly target: number;
  /** What the formula gives. */
  readonly expected: number;
  /** Share of absent keys that it let through. */
  readonly measured: number;
  /** Keys that it took, or should have, and does not have: rows that would be denied. */
  readonly lost: number;
  readonly bitsPerKey: number;
}

/** Absent keys that a filter is asked for: at a rate of 0.1% a hundred of them are let through, give or take 10. */
export const PROBES = 100_000;

/** Fills a filter with as many keys as it was made for, and asks it for those and for others. */
export function measureFilter(
  { name, make, expected }: FilterContender,
  keys: number,
  target: number,
): MeasuredFilter {
  const filter = make(keys, target, 1);
  for (let n = 0; n < keys; n++) filter.add(`item-${n}`);
  let lost = 0;
  for (let n = 0; n < keys; n++) if (!filter.has(`item-${n}`)) lost++;
  let passed = 0;
  for (let n = 0; n < PROBES; n++) if (filter.has(`missing-${n}`)) passed++;
  return {
    name,
    keys,
    target,
    expected: expected(keys, target),
    measured: passed / PROBES,
    lost,
    bitsPerKey: filter.sizeBits / keys,
  };
}

export const TABLE_HEAD = `| filter | keys | target | formula | measured | keys lost | bits a key |
|---|---:|---:|---:|---:|---:|---:|`;

export function tableRow(measured: MeasuredFilter): string {
  const { name, keys, target, expected, lost, bitsPerKey } = measured;
  const cells = [
    name,
    keys.toLocaleString('en'),
    percent(target),
    percent(expected),
    percent(measured.measured),
    lost === 0 ? '0' : `**${lost.toLocaleString('en')}** (${percent(lost / keys)})`,
    bitsPerKey.toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}
