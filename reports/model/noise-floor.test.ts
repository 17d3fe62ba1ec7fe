import { describe, expect, it } from 'vitest';
import { assignColours } from '../charts/palette.ts';
import { edit, heldResult, named, scenarioOf } from '../fixtures/results.ts';
import { metricOf } from '../fixtures/storm.ts';
import { againResult } from '../fixtures/variants.ts';
import { renderHtml } from '../html/render.ts';
import { renderMarkdown } from '../markdown.ts';
import { renderTerminal } from '../terminal.ts';
import { buildMatrix } from './matrix.ts';
import { noiseFloorSentence } from './noise-floor.ts';

const SENTENCE =
  'none against itself, as none-again: Database reads within ±0.4 %, Response time p50 within ±3.1 %, Response time p99 within ±21 %, worse, Goodput the same, Requests timeout without limit (75 % intervals of 3 rounds).';

describe('the noise floor', () => {
  it('is one sentence, and none without --aa', () => {
    expect(noiseFloorSentence(scenarioOf(againResult()))).toBe(SENTENCE);
    expect(noiseFloorSentence(scenarioOf(heldResult()))).toBeNull();
    const wide = againResult();
    Object.assign(scenarioOf(wide).noiseFloor?.[0] ?? {}, { within: 5.43 });
    expect(noiseFloorSentence(scenarioOf(wide))).toContain('Database reads within × 6.4, up or down,');
    const unmeasured = edit((_, scenario) => {
      scenario.noiseFloor = [];
    });
    expect(noiseFloorSentence(scenarioOf(unmeasured))).toBeNull();
  });

  it('stands in page, terminal and Markdown, once in each', async () => {
    const result = againResult();
    const texts = [
      await renderHtml(result),
      renderTerminal(result, { colour: false }).replaceAll('\n', ' '),
      renderMarkdown(result),
    ];
    for (const text of texts) {
      expect(text.match(/Noise floor \(A\/A\)/g)).toHaveLength(1);
      expect(text).toContain('none against itself, as none-again: Database reads within ±0.4 %');
    }
  });
});

describe('the baseline again', () => {
  it.each([0, 9_999])('stands directly under the baseline with %i reads, and is never best', (reads) => {
    const result = againResult();
    const scenario = scenarioOf(result);
    Object.assign(named(scenario, 'none-again').metrics, {
      'db.reads': metricOf('count', [reads, reads, reads]),
      'latency.response.p99': metricOf('ms', [0.1, 0.1, 0.1]),
    });
    const { rows } = buildMatrix(scenario);
    expect(rows.map(({ strategy }) => strategy.name)).toEqual([
      'none',
      'none-again',
      'mutex',
      'logical-expiry',
      'single-flight',
    ]);
    expect(rows[1]?.cells.some(({ best }) => best)).toBe(false);
    // Nor does it take the others' place as best.
    const bestIn = (some: typeof rows) => some.map(({ cells }) => cells.map(({ best }) => best));
    expect(bestIn(rows.toSpliced(1, 1))).toEqual(bestIn(buildMatrix(scenarioOf(heldResult())).rows));
  });

  it('is grey as the baseline is, takes no colour from another, and has no chart of its own', async () => {
    const colours = assignColours(againResult());
    expect(colours.get('none-again')).toEqual(colours.get('none'));
    expect(colours.get('mutex')).toEqual(assignColours(heldResult()).get('mutex'));
    const page = await renderHtml(againResult());
    expect(page.match(/<figure class="strip/g)).toHaveLength(4);
    expect(page).toContain('A/A: the baseline again');
  });
});
