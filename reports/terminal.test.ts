import { describe, expect, it } from 'vitest';
import type { Result } from '../harness/result/schema.ts';
import { allResults } from './fixtures/all.ts';
import { avalancheResult, everyScenarioResult } from './fixtures/avalanche.ts';
import { penetrationResult } from './fixtures/penetration.ts';
import { edit, failedResult, heldResult, inconclusiveResult } from './fixtures/results.ts';
import { metricOf } from './fixtures/storm.ts';
import { renderTerminal } from './terminal.ts';
import { displayWidth } from './text.ts';

const plain = { colour: false };

function tableOf(result: Result): string {
  const lines = renderTerminal(result, plain).split('\n');
  return lines.slice(lines.findIndex((line) => line.startsWith('  strategy'))).join('\n');
}

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
      · none                503 ████████    101 101 (50.5–152) 0.636  308   400 99.3   28.9    505     11
      ✓ mutex                 5 ██······      1        1 (0–1) 0.647  210   272  100  0.286    505      0
      ✓ logical-expiry        5 ██······      1        1 (0–1) 0.658 2.53  3.14  100  0.286    715      0
      ✓ single-flight        10 ███·····      2        2 (0–2) 0.624  205   249  100  0.571    505      0

        A strategy protects if in every round it sends at most 6 queries an expiry to the database, or 5%
        of the baseline’s.
      ✓ single-flight, mutex and logical-expiry protect.
      · none does not, as is expected of a baseline: loads per expiry 101 ×, wanted at most 6 × (every
        round).

      3 thresholds held

      Report: runs/1/report.html
      "
    `);
  });

  it.each(Object.entries(allResults))(
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

  it('shows what a scenario is about: what came through an attack, and what honest users notice', () => {
    expect(tableOf(penetrationResult())).toMatchInlineSnapshot(`
      "  strategy           DB reads repeated    allowed endless    allowed honest honest false cache
                                       loads              loads            p99 ms good % 404 %   MiB
      ✓ none                  2,340        1 0.999–1.00       1 0.999–1.00  1,000   75.1     0  1.32
      ✓ bloom-filter            465        0   ≤ 0.0502 0.00320   ≤ 0.0180   30.2    100  46.7  1.34
      ✓ bloom-filter-redis      472        0   ≤ 0.0502 0.00320   ≤ 0.0180   34.4    100     0  1.34
      ✓ null-cache            1,500    0.159    ≤ 0.268       1 0.999–1.00    322    100     0  1.55
      "
    `);
  });

  it('shows how far a service went down and how soon it was back', () => {
    expect(tableOf(avalancheResult())).toMatchInlineSnapshot(`
      "  strategy           DB reads    (log) DB peak allowed  worst back in  lost p99 oldest   allowed
                                                 1/s         good %      ms        ms     ms
      ✓ none                  2,660 ████████     405       –   23.6   never 2,340 500  5,000  ≤ 62,700
      ✓ rewarm+limit            161 █████···     409       –    100       0     0 263  4,950  ≤ 62,700
      ✓ jitter+limit+stale    1,750 ████████     406 ≤ 1,100   49.2   2,710   675 500  5,000 ≤ 127,000
      ✓ concurrency-limit     1,750 ████████     403       –   49.2   2,800   677 500  5,000  ≤ 62,700
      "
    `);
  });

  it('ends with the verdict of each scenario when there are several', () => {
    const end = renderTerminal(everyScenarioResult(), plain).split('\nRun: ')[1];
    expect(end).toMatchInlineSnapshot(`
      "✗ failed
        ✓ held    Breakdown: one hot key expires
        ✓ held    Penetration: requests for what does not exist
        ✓ held    Avalanche: many entries vanish at once
        ✓ held    Avalanche: many entries vanish at once (all expire together)
        ✗ failed  Avalanche: many entries vanish at once (a cold start)
      "
    `);
  });

  it('names the broken bound and the remedy', () => {
    expect(renderTerminal(failedResult(), plain)).toContain(
      '✗ mutex: Loads per expiry measured 3.20; predicted 1',
    );
    const [before = '', after = ''] = renderTerminal(inconclusiveResult(), plain).split('  strategy');
    expect(before).toContain('In doubt: single-flight, round 2: The load generator sent 1%');
    expect(after).toContain('→ Lower the rate');
  });

  it('says the same with colours', () => {
    const coloured = renderTerminal(failedResult(), { colour: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is counted
    const escapes = /\u001b\[\d+m/g;
    expect(coloured).toMatch(escapes);
    expect(coloured.replace(escapes, '')).toBe(renderTerminal(failedResult(), plain));
  });
});
