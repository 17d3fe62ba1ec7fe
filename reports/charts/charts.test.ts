import { compile, type TopLevelSpec } from 'vega-lite';
import { describe, expect, it } from 'vitest';
import type { ScenarioResult } from '../../harness/result/schema.ts';
import { crossedWrites, laggingLog, unflushed } from '../fixtures/key-histories.ts';
import { heldResult, named } from '../fixtures/results.ts';
import { stormSpectrum, stormTimeline } from '../fixtures/storm.ts';
import { HOSTILE, nineStrategiesResult, severalScenariosResult } from '../fixtures/variants.ts';
import { writeResult } from '../fixtures/write-consistency.ts';
import { PAGE } from '../html/theme.ts';
import { databaseOverTime } from './database-over-time.ts';
import { type StripInput, thin, timeFrame } from './frame.ts';
import { keyTimeline } from './key-timeline.ts';
import { latencyOverTime } from './latency-over-time.ts';
import { latencySpectrum } from './latency-spectrum.ts';
import { memoryOverTime } from './memory-over-time.ts';
import { assignColours, GREYS, SERIES } from './palette.ts';
import { draw, renderSvg } from './render.ts';
import { goodputOverTime, hitRatioOverTime } from './share-over-time.ts';
import { stalenessOverTime } from './staleness-over-time.ts';
import { decades, logDomain } from './theme.ts';

const SHAPE = { loadsPerExpiry: 101, hitMs: 0.6, stallMs: 300, servesStale: false };

function stripInput(): StripInput {
  const [scenario] = heldResult().scenarios;
  const frame = scenario && timeFrame(scenario);
  if (!scenario || !frame) throw new Error('the fixture has timelines');
  const ghost = named(scenario, 'none').timeline;
  const timeline = stormTimeline(SHAPE, 1);
  return { frame, ghost, timeline, colour: 'var(--s1)', width: 255, first: true, last: true };
}

/** With what a scenario of the present records besides. */
function triggered(triggers = [{ name: 'flush', fromMs: 1_000, toMs: 1_500 }]): StripInput {
  const input = stripInput();
  const points = input.timeline.points.map((point, index) => ({
    ...point,
    goodput: 0.9,
    memoryBytes: 2e6,
    staleReads: index === 4 ? null : index / 1000,
  }));
  return {
    ...input,
    frame: { ...input.frame, memoryMiB: [0, 2.1], staleShare: 0.034 },
    timeline: { ...input.timeline, points, triggers },
  };
}

function charts(): Readonly<Record<string, TopLevelSpec>> {
  const input = stripInput();
  const series = [
    { name: 'none', colour: 'var(--s-base)', baseline: true, points: stormSpectrum(SHAPE) },
    { name: HOSTILE, colour: 'var(--s1)', baseline: false, points: stormSpectrum(SHAPE) },
  ];
  return {
    latency: latencyOverTime(input),
    'latency without ghost': latencyOverTime({ ...input, ghost: null }),
    database: databaseOverTime(input),
    'hit ratio': hitRatioOverTime(input),
    goodput: goodputOverTime(triggered()),
    memory: memoryOverTime(triggered()),
    'memory that was not recorded': memoryOverTime(input),
    'stale reads': stalenessOverTime(triggered()),
    'stale reads that were not recorded': stalenessOverTime(input),
    ...Object.fromEntries(
      [
        crossedWrites(),
        laggingLog(),
        unflushed(),
        { ...unflushed(), operations: [], acknowledged: null },
      ].map((key, index) => [`key timeline ${index}`, keyTimeline({ key, colour: 'var(--s1)', width: 328 })]),
    ),
    spectrum: latencySpectrum({ series, width: 1100, height: 340, labels: true }),
    'spectrum of nothing': latencySpectrum({ series: [], width: 328, height: 260, labels: false }),
  };
}

describe('charts', () => {
  it.each(Object.entries(charts()))('%s compiles without a warning', (_, spec) => {
    const warnings: unknown[] = [];
    const collect = (...said: unknown[]) => {
      warnings.push(said);
      return logger;
    };
    const quiet = () => logger;
    const logger = { level: quiet, error: collect, warn: collect, info: quiet, debug: quiet };
    compile(spec, { logger: logger as never });
    expect(warnings).toEqual([]);
  });

  it.each(Object.keys(charts()))(
    '%s is the same bytes each time, without style, script or id',
    async (name) => {
      const draw = async () => {
        const spec = charts()[name];
        return spec === undefined ? '' : renderSvg(spec, { sentence: `A "${HOSTILE}"`, size: 'wide' });
      };
      const svg = await draw();
      expect(await draw()).toBe(svg);
      expect(svg).toMatch(/^<svg class="chart wide" role="img" aria-label="A &quot;&lt;\/title&gt;/);
      expect(svg).not.toMatch(/ style=|<script|<img| id=|NaN|undefined|Infinity/);
      const tags = svg.match(/<[^>]*>/g) ?? [];
      expect(tags.filter((tag) => / on\w+=/.test(tag) && !tag.startsWith('<svg'))).toEqual([]);
    },
  );

  it('leave a gap where nothing was measured', async () => {
    const input = stripInput();
    const points = input.timeline.points.map((point, i) =>
      i === 5 ? { ...point, p50Ms: null, p99Ms: null, hitRatio: null, dbReadsPerSec: null } : point,
    );
    const drawn = await draw(
      hitRatioOverTime({ ...input, ghost: null, timeline: { ...input.timeline, points } }),
    );
    const moves = /d="([^"]*)" stroke="var\(--s1\)"/.exec(drawn)?.[1] ?? '';
    expect(moves.match(/M/g)).toHaveLength(2);
  });

  it('have a dashed rule at the capacity', async () => {
    const svg = await draw(databaseOverTime(stripInput()));
    expect(svg.match(/stroke-dasharray="5,3"/g)).toHaveLength(1);
  });
});

describe('strips', () => {
  it('leave out expiries that would merge into a bar', async () => {
    const input = stripInput();
    const many = { ...input.timeline, expiriesMs: Array.from({ length: 300 }, (_, i) => i * 10) };
    const ticks = async (one: StripInput) =>
      (await draw(hitRatioOverTime(one))).match(/stroke-width="1.25"/g)?.length ?? 0;
    expect(await ticks(input)).toBe(5);
    expect(await ticks({ ...input, timeline: many })).toBe(0);
  });
});

describe('stale reads', () => {
  it('end at the worst window of the scenario, and name it', async () => {
    const worst = named(writeResult().scenarios[0] as ScenarioResult, 'double-write-both');
    const frame = timeFrame(writeResult().scenarios[0] as ScenarioResult);
    const most = Math.max(...(worst.timeline?.points ?? []).map(({ staleReads }) => staleReads ?? 0));
    expect(frame?.staleShare).toBe(most);
    const svg = await draw(stalenessOverTime(triggered()));
    expect(svg).toContain('>3.4%<');
    expect(timeFrame(heldResult().scenarios[0] as ScenarioResult)?.staleShare).toBeNull();
  });

  it('lie on the floor where none was stale', async () => {
    const input = triggered();
    const none = { ...input, frame: { ...input.frame, staleShare: 0 } };
    const svg = await draw(stalenessOverTime(none));
    expect(svg.match(/>[\d.]+%</g)).toEqual(['>0%<']);
  });
});

describe('triggers', () => {
  const drawn = (input: StripInput) => draw(goodputOverTime(input));

  it('are a band and a rule in every strip, with their name in the first', async () => {
    const first = await drawn(triggered());
    expect(first.match(/fill-opacity="0.1"/g)).toHaveLength(1);
    expect(first).toContain('>flush<');
    const second = await drawn({ ...triggered(), first: false });
    expect(second.match(/fill-opacity="0.1"/g)).toHaveLength(1);
    expect(second).not.toContain('>flush<');
  });

  it('outside the picture are left out, and text of a result stays text', async () => {
    const late = { name: 'late', fromMs: 99_000, toMs: 99_000 };
    expect(await drawn(triggered([late]))).not.toContain('>late<');
    expect(await drawn(triggered([{ name: HOSTILE, fromMs: 0, toMs: 0 }]))).not.toMatch(/<script|<img/);
  });
});

describe('thin', () => {
  const points = Array.from({ length: 5000 }, (_, i) => ({
    tMs: i,
    offered: 1,
    p50Ms: 1,
    p99Ms: i === 2501 ? 999 : 2,
    dbReadsPerSec: i === 2503 ? 777 : 0,
    hitRatio: i === 2504 ? 0.1 : 1,
    goodput: i === 2505 ? 0.2 : 1,
    memoryBytes: i === 2506 ? 5e6 : 1e6,
    staleReads: i === 2507 ? 0.3 : i > 4000 ? null : 0.01,
  }));

  it('never hides the worst window', () => {
    const few = thin(points, 100);
    expect(few).toHaveLength(100);
    expect(Math.max(...few.map((point) => point.p99Ms ?? 0))).toBe(999);
    expect(Math.max(...few.map((point) => point.dbReadsPerSec ?? 0))).toBe(777);
    expect(Math.min(...few.map((point) => point.hitRatio ?? 1))).toBe(0.1);
    expect(Math.min(...few.map((point) => point.goodput ?? 1))).toBe(0.2);
    expect(Math.max(...few.map((point) => point.memoryBytes ?? 0))).toBe(5e6);
    expect(Math.max(...few.map((point) => point.staleReads ?? 0))).toBe(0.3);
    expect(few.reduce((sum, point) => sum + point.offered, 0)).toBe(5000);
  });

  it('leaves short series alone', () => {
    expect(thin(points.slice(0, 100), 100)).toEqual(points.slice(0, 100));
  });
});

describe('axes', () => {
  it('hold all values and at least two labelled lines', () => {
    expect(logDomain([0.62, 318])).toEqual([0.5, 500]);
    expect(logDomain([3, 4])).toEqual([1, 10]);
    expect(logDomain([0, Number.NaN])).toEqual([1, 10]);
    expect(decades(0.05, 2000)).toEqual([0.1, 1, 10, 100, 1000]);
  });
});

describe('colours', () => {
  it('keep one colour a strategy, the baseline grey, no two alike beside each other', () => {
    const colours = assignColours(nineStrategiesResult());
    const classes = [...colours.values()].map(({ className }) => className);
    expect(new Set(classes).size).toBe(9);
    expect(colours.get('none')?.className).toBe('c-base');
    expect(classes.filter((name) => name.startsWith('r'))).toEqual(['r1']);
    expect(assignColours(severalScenariosResult())).toEqual(assignColours(heldResult()));
  });

  it.each(['light', 'dark'] as const)('stand out from the %s page', (scheme) => {
    const { bg, fg, muted, hairline: _, ...words } = PAGE[scheme];
    for (const colour of [...SERIES[scheme], ...Object.values(GREYS[scheme])]) {
      expect(contrast(colour, bg), colour).toBeGreaterThanOrEqual(3);
    }
    for (const colour of [fg, muted, ...Object.values(words)]) {
      expect(contrast(colour, bg), colour).toBeGreaterThanOrEqual(4.5);
    }
  });
});

/** WCAG 2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
