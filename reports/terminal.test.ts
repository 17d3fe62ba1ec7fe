import { describe, expect, it } from 'vitest';
import { edit, failedResult, heldResult, inconclusiveResult } from './fixtures/results.ts';
import { metricOf } from './fixtures/storm.ts';
import * as variants from './fixtures/variants.ts';
import { renderTerminal } from './terminal.ts';
import { displayWidth } from './text.ts';

const { HOSTILE: _, ...makers } = variants;
const plain = { colour: false };

describe('renderTerminal', () => {
  it('says verdict, sentence, matrix and path', () => {
    expect(
      renderTerminal(heldResult(), { colour: false, reportPath: 'runs/1/report.html' }),
    ).toMatchInlineSnapshot(`
      "
      ✓ held  Breakdown: one hot key expires
      Without protection each expiry of the hot key sent 101 queries to the database; a mutex sent 1
      (theory 1), at 100 ms less p99.
      open loop, Poisson arrivals at 500/s, one hot key, 3.5 s a trial, 2 instances, 200 ms a query

        strategy       DB reads    (log) loads/         theory   p50  p99 p99.9 good DB hit oldest errors
                                         expiry                   ms   ms    ms    %      %     ms
      ✓ none                503 ████████    101 101 (50.5–152) 0.636  308   400 99.3   28.9    505     11
      ✓ mutex                 5 ██······      1        1 (0–1) 0.647  210   272  100  0.286    505      0
      ✓ logical-expiry        5 ██······      1        1 (0–1) 0.658 2.53  3.14  100  0.286    715      0
      ✓ single-flight        10 ███·····      2        2 (0–2) 0.624  205   249  100  0.571    505      0

      3 thresholds held

      Report: runs/1/report.html
      "
    `);
  });

  it.each(Object.entries({ heldResult, failedResult, inconclusiveResult, ...makers }))(
    'keeps %s inside 100 columns, without control characters',
    (_name, make) => {
      for (const line of renderTerminal(make(), plain).split('\n')) {
        expect(displayWidth(line), line).toBeLessThanOrEqual(100);
        expect(line).not.toMatch(/\p{Cc}/u);
      }
    },
  );

  it('gives up numbers before it breaks the line', () => {
    const wide = edit((_, scenario) => {
      for (const { metrics } of scenario.strategies) {
        for (const name of Object.keys(metrics)) metrics[name] = metricOf('count', [123_456_789_012]);
      }
    });
    const text = renderTerminal(wide, plain);
    for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(100);
    expect(text).toContain('DB reads');
  });

  it('names the broken bound and the remedy', () => {
    expect(renderTerminal(failedResult(), plain)).toContain(
      '✗ mutex: Loads per expiry measured 3.20; predicted 1',
    );
    expect(renderTerminal(inconclusiveResult(), plain)).toContain('→ Lower the rate');
  });

  it('says the same with colours', () => {
    const coloured = renderTerminal(failedResult(), { colour: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is counted
    const escapes = /\u001b\[\d+m/g;
    expect(coloured).toMatch(escapes);
    expect(coloured.replace(escapes, '')).toBe(renderTerminal(failedResult(), plain));
  });
});
