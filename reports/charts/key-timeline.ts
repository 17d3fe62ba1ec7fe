/**
 * One key, operation by operation: time to the right, the versions of its row upwards. A step line is the newest
 * version acknowledged so far; a write is a bar from its sending to its answer, a read a thin line that ends in a mark
 * at the version it returned. A read that began below the step line is stale. What was never committed has a lane of its
 * own.
 */
import type { WorstKey } from '../../harness/result/schema.ts';
import { type Layer, type LayeredSpec, titleLayer } from './layer.ts';
import { CHART_CONFIG, INK } from './theme.ts';
import { timeAxis } from './time-axis.ts';
import { triggerBands } from './trigger-bands.ts';

type KeyOperation = WorstKey['operations'][number];

export interface KeyTimelineInput {
  readonly key: WorstKey;
  /** CSS colour of the strategy. */
  readonly colour: string;
  /** Width of the whole picture in CSS pixels. */
  readonly width: number;
}

/** What a read's mark says; each has a shape of its own. */
export type ReadKind = 'right' | 'stale' | 'dirty';

const MARGIN = { left: 42, right: 12, top: 20, bottom: 42 };
const VERSION_PX = 24;
const LEAST_PX = 110;
const MOST_PX = 340;
const MOST_LABELS = 8;
const BAR_PX = 9;
/** The mark at the end of a read hides a line that is shorter; there may be thousands of them on a page. */
const HIDDEN_PX = 3;
/** Room on either side, as a share of the time shown. */
const SIDE = 0.02;

/** As Vega names them; the page's legend draws the same. */
const MARKS = {
  right: { shape: 'circle', size: 30, fill: 'var(--bg)', stroke: INK.fg, strokeWidth: 1.25 },
  stale: { shape: 'triangle-down', size: 60, fill: 'var(--fail)', stroke: 'var(--fail)', strokeWidth: 1 },
  dirty: {
    shape: 'cross',
    size: 70,
    fill: 'var(--inconclusive)',
    stroke: 'var(--inconclusive)',
    strokeWidth: 1,
  },
} as const satisfies Record<ReadKind, object>;

export function readKind({ wrong = [] }: KeyOperation): ReadKind {
  if (wrong.includes('dirty') || wrong.includes('foreign')) return 'dirty';
  return wrong.length > 0 ? 'stale' : 'right';
}

/** A read without a value, and without blame, has no place on an axis of versions. */
export function isDrawn(operation: KeyOperation): boolean {
  return operation.op === 'write' || operation.version !== null || readKind(operation) === 'dirty';
}

export function keyTimeline({ key, colour, width }: KeyTimelineInput): LayeredSpec {
  const drawn = key.operations.filter(isDrawn);
  const versions = versionsOf(key, drawn);
  const lane = drawn.some(({ version }) => version === null) ? versions.low - 1 : null;
  const rows = versions.high - (lane ?? versions.low) + 1;
  const height = Math.min(MOST_PX, Math.max(LEAST_PX, rows * VERSION_PX));
  const seconds = secondsOf(drawn);
  const y = versionAxis([(lane ?? versions.low) - 0.6, versions.high + 0.6], versions);
  const plotWidth = width - MARGIN.left - MARGIN.right;
  const hiddenSec = ((seconds[1] - seconds[0]) * HIDDEN_PX) / plotWidth;
  const place: Place = { seconds, hiddenSec, lane, y };
  return {
    width: plotWidth,
    height,
    autosize: { type: 'none' },
    padding: MARGIN,
    config: CHART_CONFIG,
    layer: [
      ...triggerBands(key.triggers, { seconds, height, named: true, axis: true }),
      ...laneLayers(place),
      acknowledgedLine(key, drawn, place),
      ...writeLayers(drawn, colour, place),
      ...readLayers(drawn, place),
      titleLayer('Version'),
    ],
  };
}

interface Place {
  readonly seconds: readonly [number, number];
  /** So much time is no wider than what is hidden behind a mark. */
  readonly hiddenSec: number;
  /** Where on the axis of versions stands what was never committed; `null`: nothing was. */
  readonly lane: number | null;
  readonly y: ReturnType<typeof versionAxis>;
}

function versionAxis(domain: readonly [number, number], { low, high }: { low: number; high: number }) {
  const step = Math.ceil((high - low + 1) / MOST_LABELS);
  const values = Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => low + i * step);
  return {
    field: 'version',
    type: 'quantitative' as const,
    scale: { domain: [...domain], nice: false, zero: false },
    axis: { title: null, values, format: ',d', ticks: false, domain: false, grid: true },
  };
}

function versionsOf({ acknowledged }: WorstKey, drawn: readonly KeyOperation[]) {
  const known = [...drawn.map(({ version }) => version), acknowledged].filter((version) => version !== null);
  return known.length === 0 ? { low: 1, high: 1 } : { low: Math.min(...known), high: Math.max(...known) };
}

function secondsOf(drawn: readonly KeyOperation[]): readonly [number, number] {
  if (drawn.length === 0) return [0, 1];
  const from = Math.min(...drawn.map(({ fromMs }) => fromMs)) / 1000;
  const to = Math.max(...drawn.map(({ fromMs, toMs }) => toMs ?? fromMs)) / 1000;
  const side = Math.max(0.001, (to - from) * SIDE);
  return [from - side, to + side];
}

/** What Vega draws of an operation: its time in seconds, and where on the axis of versions. */
function datum({ fromMs, toMs, version }: KeyOperation, { seconds, lane }: Place) {
  const endSec = toMs === null ? seconds[1] : toMs / 1000;
  return { fromSec: fromMs / 1000, endSec, version: version ?? lane ?? 0 };
}

function laneLayers({ lane, y }: Place): readonly Layer[] {
  if (lane === null) return [];
  const values = [{ version: lane }];
  return [
    {
      data: { values },
      mark: { type: 'rule', stroke: INK.muted, strokeWidth: 1, strokeDash: [2, 3] },
      encoding: { y },
    },
    {
      data: { values },
      mark: {
        type: 'text',
        text: 'never committed',
        align: 'left',
        baseline: 'bottom',
        dy: -3,
        fontSize: 11,
        fill: INK.muted,
      },
      encoding: { y, x: { value: 2 } },
    },
  ];
}

/** From the version that was the newest before, one step at the answer of each write that brought a newer one. */
function acknowledgedLine(
  { acknowledged }: WorstKey,
  drawn: readonly KeyOperation[],
  { seconds, y }: Place,
): Layer {
  const steps = acknowledged === null ? [] : [{ tSec: seconds[0], version: acknowledged }];
  const answers = drawn
    .flatMap(({ op, outcome, toMs, version }) =>
      op === 'write' && outcome === 'ok' && toMs !== null && version !== null
        ? [{ tSec: toMs / 1000, version }]
        : [],
    )
    .toSorted((a, b) => a.tSec - b.tSec);
  for (const answer of answers) {
    if (answer.version > (steps.at(-1)?.version ?? Number.NEGATIVE_INFINITY)) steps.push(answer);
  }
  const last = steps.at(-1);
  return {
    data: { values: last === undefined ? [] : [...steps, { ...last, tSec: seconds[1] }] },
    mark: { type: 'line', interpolate: 'step-after', stroke: INK.fg, strokeWidth: 1.25 },
    encoding: { x: timeAxis('tSec', seconds, true), y },
  };
}

/** A bar each, with an end on either side that shows also where it is too short to be seen; without an answer, one. */
function writeLayers(drawn: readonly KeyOperation[], colour: string, place: Place): readonly Layer[] {
  const writes = drawn.filter(({ op }) => op === 'write');
  const answered = writes.filter(({ outcome, toMs }) => outcome === 'ok' && toMs !== null);
  const others = writes.filter((write) => !answered.includes(write));
  const { y, seconds } = place;
  const x = timeAxis('fromSec', seconds, true);
  const end = (values: readonly KeyOperation[], field: 'fromSec' | 'endSec'): Layer => ({
    data: { values: values.map((write) => datum(write, place)) },
    mark: { type: 'tick', orient: 'vertical', size: BAR_PX + 4, thickness: 2, fill: colour },
    encoding: { x: timeAxis(field, seconds, true), y },
  });
  return [
    {
      data: { values: answered.map((write) => datum(write, place)) },
      mark: { type: 'rule', stroke: colour, strokeWidth: BAR_PX, opacity: 0.4 },
      encoding: { x, x2: { field: 'endSec' }, y },
    },
    {
      data: { values: others.map((write) => datum(write, place)) },
      mark: { type: 'rule', stroke: colour, strokeWidth: 3, strokeDash: [3, 3] },
      encoding: { x, x2: { field: 'endSec' }, y },
    },
    end(writes, 'fromSec'),
    end(answered, 'endSec'),
  ];
}

/** The wrong ones in front. */
function readLayers(drawn: readonly KeyOperation[], place: Place): readonly Layer[] {
  const { y, seconds, hiddenSec } = place;
  return (['right', 'stale', 'dirty'] as const).flatMap((kind) => {
    const reads = drawn.filter((operation) => operation.op === 'read' && readKind(operation) === kind);
    if (reads.length === 0) return [];
    const values = reads.map((read) => datum(read, place));
    const line: Layer = {
      data: { values: values.filter(({ fromSec, endSec }) => endSec - fromSec > hiddenSec) },
      mark: { type: 'rule', stroke: INK.muted, strokeWidth: 1 },
      encoding: { x: timeAxis('fromSec', seconds, true), x2: { field: 'endSec' }, y },
    };
    const mark: Layer = {
      data: { values },
      mark: { type: 'point', ...MARKS[kind], opacity: 1 },
      encoding: { x: timeAxis('endSec', seconds, true), y },
    };
    return [line, mark];
  });
}
