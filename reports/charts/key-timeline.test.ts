import { describe, expect, it } from 'vitest';
import type { WorstKey } from '../../harness/result/schema.ts';
import { crossedWrites, lateSet, unflushed } from '../fixtures/key-histories.ts';
import { HOSTILE } from '../fixtures/variants.ts';
import { isDrawn, keyTimeline, readKind } from './key-timeline.ts';
import { draw } from './render.ts';

const specOf = (key: WorstKey) => keyTimeline({ key, colour: 'var(--s1)', width: 680 });
const drawn = (key: WorstKey) => draw(specOf(key));

interface Drawn {
  readonly mark: { readonly type: string; readonly strokeDash?: readonly number[] };
  readonly data: { readonly values: readonly Record<string, number>[] };
}

/** The data of the layers with such a mark. */
function layers(key: WorstKey, wanted: (mark: Drawn['mark']) => boolean) {
  return (specOf(key).layer as unknown as readonly Drawn[])
    .filter(({ mark }) => wanted(mark))
    .map(({ data }) => data.values);
}

const marks = (svg: string, fill: string) => [
  ...svg.matchAll(new RegExp(`<path transform="[^"]*" d="([^"]*)" fill="var\\(--${fill}\\)"`, 'g')),
];

describe('reads', () => {
  it('have a mark each, of a shape that says without colour what was wrong', async () => {
    const key = unflushed();
    const svg = await drawn(key);
    const kinds = key.operations.filter((one) => one.op === 'read' && isDrawn(one)).map(readKind);
    const count = (kind: string) => kinds.filter((one) => one === kind).length;
    const [right, stale, dirty] = ['bg', 'fail', 'inconclusive'].map((fill) => marks(svg, fill));
    expect([right?.length, stale?.length, dirty?.length]).toEqual([count('right'), 2, 11]);
    // Size alone is no shape: only the strokes of the pen count.
    const pen = (path = '') => path.replace(/[^A-Z]/g, '');
    const shapes = [right, stale, dirty].map((found) => new Set(found?.map(([, path]) => pen(path))));
    expect(shapes.map(({ size }) => size)).toEqual([1, 1, 1]);
    expect(new Set(shapes.flatMap((shape) => [...shape])).size).toBe(3);
  });

  it('have a line from their sending, but for those that the mark would hide', () => {
    const key = lateSet();
    const lines = layers(key, ({ type, strokeDash }) => type === 'rule' && strokeDash === undefined)
      .flat()
      .filter(
        ({ version, fromSec }) =>
          !key.operations.some(
            (one) => one.op === 'write' && one.version === version && one.fromMs / 1000 === fromSec,
          ),
      );
    // The two that loaded took 21 ms of 1.1 s on 626 px, the others less than 2 ms.
    expect(lines.map(({ fromSec = 0 }) => fromSec.toFixed(4))).toEqual(['2.3982', '3.2360']);
  });

  it('without a value have no place, and blame has many names', () => {
    const read = { op: 'read', fromMs: 0, toMs: 1, version: null, outcome: 'fail' } as const;
    expect(isDrawn(read)).toBe(false);
    expect(isDrawn({ ...read, wrong: ['dirty'] })).toBe(true);
    expect(isDrawn({ ...read, version: 3 })).toBe(true);
    expect(isDrawn({ ...read, op: 'write' })).toBe(true);
    expect(
      [['foreign'], ['stale', 'dirty'], ['monotonic'], []].map((wrong) => readKind({ ...read, wrong })),
    ).toEqual(['dirty', 'dirty', 'stale', 'right']);
  });
});

describe('the newest version acknowledged', () => {
  it('never falls, though writes are answered in another order', () => {
    const [steps = []] = layers(crossedWrites(), ({ type }) => type === 'line');
    // Version 30 was answered after 31.
    expect(steps.map(({ version }) => version)).toEqual([28, 29, 31, 31]);
    expect(steps.map(({ tSec }) => tSec)).toEqual(steps.map(({ tSec }) => tSec).toSorted());
  });

  it('begins with the first answer where it is not known before', () => {
    const [steps = []] = layers({ ...lateSet(), acknowledged: null }, ({ type }) => type === 'line');
    expect(steps[0]).toEqual({ tSec: 2.4083, version: 4 });
  });
});

describe('writes', () => {
  it('without an answer go on to the edge, dashed', () => {
    const key = unflushed();
    const [open = []] = layers(key, ({ strokeDash }) => strokeDash?.join() === '3,3');
    const last = Math.max(...key.operations.map(({ fromMs, toMs }) => toMs ?? fromMs)) / 1000;
    expect(open.map(({ version }) => version)).toEqual([8]);
    expect(open[0]?.endSec).toBeGreaterThan(last);
  });

  it('that were never committed have a lane below all versions', async () => {
    const svg = await drawn(unflushed());
    expect(svg).toContain('>never committed<');
    const bars = layers(unflushed(), ({ type }) => type === 'rule').flat();
    expect(bars.filter(({ version }) => version === 5).length).toBeGreaterThanOrEqual(2);
    expect(await drawn(lateSet())).not.toContain('never committed');
  });

  it('stand inside the picture, as all else does', () => {
    for (const key of [unflushed(), lateSet(), crossedWrites()]) {
      const all = layers(key, () => true).flat();
      const shown = all.flatMap(({ version }) => version ?? []);
      const axes = JSON.stringify(specOf(key)).match(
        /"field":"version","type":"quantitative","scale":\{"domain":\[[^\]]*/g,
      );
      const [low = 0, high = 0] = (axes?.[0]?.split('[')[1] ?? '').split(',').map(Number);
      expect(Math.min(...shown)).toBeGreaterThan(low);
      expect(Math.max(...shown)).toBeLessThan(high);
    }
  });
});

describe('faults', () => {
  it('are shaded and named; one that began before has no beginning here', async () => {
    const svg = await drawn(unflushed());
    expect(svg.match(/fill-opacity="0.1"/g)).toHaveLength(1);
    expect(svg).toContain('>kill<');
    const [from = 0] = unflushed().operations.map(({ fromMs }) => fromMs);
    const before = { ...unflushed(), triggers: [{ name: 'pause', fromMs: 0, toMs: from + 20 }] };
    const rules = (key: WorstKey) =>
      layers(key, ({ type }) => type === 'rule')
        .flat()
        .filter(({ name }) => name !== undefined).length;
    expect([rules(unflushed()), rules(before)]).toEqual([1, 0]);
    expect(await drawn(before)).toContain('>pause<');
  });

  it('have names that stay text', async () => {
    const triggers = [{ name: HOSTILE, fromMs: 2_000, toMs: 2_100 }];
    expect(await drawn({ ...unflushed(), triggers })).not.toMatch(/<script|<img/);
  });
});
