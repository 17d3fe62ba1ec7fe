import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everyScenarioResult } from './fixtures/avalanche.ts';
import { failedResult, heldResult, inconclusiveResult } from './fixtures/results.ts';
import { hostileResult, severalScenariosResult } from './fixtures/variants.ts';
import { renderMarkdown } from './markdown.ts';

describe('renderMarkdown', () => {
  it('has verdict, answer and matrix', () => {
    expect(renderMarkdown(heldResult())).toMatchInlineSnapshot(`
      "# ✓ held: Breakdown: one hot key expires

      **Without protection each expiry of the hot key sent 101 queries to the database; a mutex sent 1 (theory 1), at 100 ms less p99.**

      open loop, Poisson arrivals at 500/s, one hot key, 3.5 s a trial, 2 instances, 200 ms a query

      - A strategy protects if in every round it sends at most 6 queries an expiry to the database, or 5% of the baseline’s.
      - ✓ single-flight, mutex and logical-expiry protect.
      - · none does not, as is expected of a baseline: loads per expiry 101 ×, wanted at most 6 × (every round).

      | Strategy | Database reads | Loads per expiry | Theory | p50, ms | p99, ms | p99.9, ms | Goodput, % | DB hit rate, % | Oldest data, ms | Errors | Outcome |
      | :-- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | :-- |
      | none | 503 | 101 | 101 (50.5–152) | **0.636** | 308 | 400 | 99.3 | 28.9 | **505** | 11 | · unprotected |
      | mutex | **5** | **1** | 1 (0–1) | **0.647** | 210 | 272 | **100** | **0.286** | **505** | **0** | ✓ protects |
      | logical-expiry | **5** | **1** | 1 (0–1) | 0.658 | **2.53** | **3.14** | **100** | **0.286** | 715 | **0** | ✓ protects |
      | single-flight | 10 | 2 | 2 (0–2) | **0.624** | 205 | 249 | **100** | 0.571 | **505** | **0** | ✓ protects |

      3 thresholds held

      2026-03-01 10:00 UTC · 3 rounds · seed 20260301 · cachestorm 0.1.0

      \`\`\`sh
      cachestorm run breakdown --rounds 3 --seed 20260301
      \`\`\`
      "
    `);
  });

  it('names what broke', () => {
    expect(renderMarkdown(failedResult())).toContain('- ✗ failed: **mutex** Loads per expiry measured 3.20');
  });

  it('says before the numbers why they can’t be trusted, and all warnings after them', () => {
    const [before = '', after = ''] = renderMarkdown(inconclusiveResult()).split('| Strategy');
    expect(before).toContain('**In doubt:** single-flight, round 2: The load generator sent 1%');
    expect(before).toContain('Lower the rate');
    expect(before).not.toContain('**Warning**');
    expect(after.match(/\*\*Warning\*\*/g)).toHaveLength(2);
  });

  it('keeps rows whole and markup dead, whatever the text', () => {
    const text = renderMarkdown(hostileResult());
    const [document = '', code = ''] = text.split('```sh');
    expect(document).not.toMatch(/<|(?<!\\)`|(?<!\\)\[/);
    expect(code).toContain('```');
    const rows = text.split('\n').filter((line) => line.startsWith('| '));
    expect(rows).toHaveLength(6);
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(13);
  });

  it('shows a command as it is, in a block that it can’t end', () => {
    const signs = fc.string({ unit: fc.constantFrom(...'`~|<>&[]()!*_#\n\r\u2028 \\a') });
    fc.assert(
      fc.property(signs, (command) => {
        const result = heldResult();
        result.provenance.command = command;
        const [, fence = '', line, end] = /\n(`{3,})sh\n(.*)\n(`+)\n$/.exec(renderMarkdown(result)) ?? [];
        expect(line).toBe(command.replaceAll(/[\n\r\u2028]+/g, ' '));
        expect(end).toBe(fence);
        expect(line).not.toContain(fence);
      }),
    );
  });

  it('has the columns of the scenario, and the verdicts of all before the first', () => {
    const text = renderMarkdown(everyScenarioResult());
    expect(text.split('\n\n')[1]?.split('\n')).toHaveLength(5);
    const heads = text.split('\n').filter((line) => line.startsWith('| Strategy'));
    expect(heads.slice(0, 3)).toMatchInlineSnapshot(`
      [
        "| Strategy | Database reads | Loads per expiry | Theory | p50, ms | p99, ms | p99.9, ms | Goodput, % | DB hit rate, % | Oldest data, ms | Errors | Outcome |",
        "| Strategy | Database reads | Loads per request, repeated missing keys | Theory | Loads per request, endless missing keys | Theory | Honest response time p99, ms | Honest goodput, % | False 404s of new rows, % | Cache memory, MiB | Outcome |",
        "| Strategy | Database reads | Peak database load, 1/s | Theory | Worst goodput, % | Time to recover, ms | Requests lost | p99, ms | Oldest data, ms | Theory | Outcome |",
      ]
    `);
  });

  it('has a heading per scenario', () => {
    const headings = renderMarkdown(severalScenariosResult()).match(/^##? .*$/gm);
    expect(headings).toHaveLength(4);
    expect(headings?.[0]).toBe('# ✗ failed: 3 scenarios');
  });
});
