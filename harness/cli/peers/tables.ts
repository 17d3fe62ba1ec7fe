import { MISSING, significant } from '../../../reports/model/format.ts';
import { pad } from '../../../reports/text.ts';
import { percentileNames } from '../../peers/percentiles.ts';
import type { CaseSummary, LatencySummary, Spread, ToolSummary } from '../../peers/summary.ts';
import type { Tool } from '../../peers/tool.ts';

export interface Table {
  readonly header: readonly string[];
  /** Each as long as the header. */
  readonly rows: readonly (readonly string[])[];
}

/** What was asked for, what arrived, and what it cost. Tools that are missing have a row all the same. */
export function loadTable(summary: CaseSummary, missing: readonly Tool[]): Table {
  const { loadCase, tools } = summary;
  return {
    header: ['tool', 'asked', 'delivered/s', 'busiest 100 ms', 'CPU µs/request', '× cachestorm'],
    rows: [
      ...tools.map((each) => [
        each.tool,
        each.asked,
        spreadText(each.deliveredPerSec, whole),
        // When the server goes on it reads at once what piled up: that tells nothing of the tool.
        loadCase.freeze === undefined ? spreadText(each.busiestTenth) : MISSING,
        each.cpuUsPerRequest === null ? MISSING : spreadText(each.cpuUsPerRequest),
        each.cpuRatio === null ? MISSING : spreadText(each.cpuRatio),
      ]),
      ...missing.map(({ name }) => [name, 'not on the PATH', MISSING, MISSING, MISSING, MISSING]),
    ],
  };
}

/** Readings in milliseconds, and how far they are from the truth. */
export function latencyTable(summary: CaseSummary): Table {
  const { truthMs, tools } = summary;
  return {
    header: ['tool', ...percentileNames.map((name) => `${name} ms`)],
    rows: [
      ['truth', ...percentileNames.map((name) => significant(truthMs[name]))],
      ...tools.map(({ tool, latency }) => [
        tool,
        ...percentileNames.map(
          (name) => `${spreadText(latency[name].readMs)} ${errorText(latency[name], summary)}`,
        ),
      ]),
    ],
  };
}

/** Runs without figures, a line each. */
export function failureLines({ failures }: CaseSummary): readonly string[] {
  return failures.map(({ tool, reason }) => `${tool} failed: ${reason}`);
}

/** Below this, a share of the truth would be a share of nothing. */
const SHARE_FROM_MS = 1;

/** `+3.1%` of the truth, or `+0.60 ms` in a case whose truth is next to nothing. */
export function errorText(
  latency: Pick<LatencySummary, 'errorMs' | 'errorShare'>,
  { truthMs }: Pick<CaseSummary, 'truthMs'>,
): string {
  if (truthMs.p50 < SHARE_FROM_MS) return `${signed(latency.errorMs.median, 2)} ms`;
  const percent = latency.errorShare.median * 100;
  return `${signed(percent, Math.abs(percent) < 10 ? 1 : 0)}%`;
}

function signed(value: number, digits: number): string {
  const text = Math.abs(value).toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  // No sign where nothing is left of the number.
  if (!/[1-9]/.test(text)) return text;
  return `${value > 0 ? '+' : '−'}${text}`;
}

/** `10.9 (10.8–11)`: the median, and the least and the most where they differ. */
export function spreadText({ median, low, high }: Spread, format = significant): string {
  const [middle, from, to] = [median, low, high].map(format);
  return from === to ? `${middle}` : `${middle} (${from}–${to})`;
}

/** `4,987`: of a rate every request counts. */
export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function textTable({ header, rows }: Table): string {
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => (row[column] ?? '').length)),
  );
  return [header, ...rows]
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}\n`)
    .join('');
}

export function markdownTable({ header, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('');
}

/** Of all tools but ours. */
export function peersOf({ tools }: CaseSummary, ours: string): readonly ToolSummary[] {
  return tools.filter(({ tool }) => tool !== ours);
}
