import { describe, expect, it } from 'vitest';
import type { ClaimResult, Result } from '../../harness/result/schema.ts';
import { claimsResult } from '../fixtures/claims.ts';
import { heldResult, scenarioOf } from '../fixtures/results.ts';
import { renderHtml } from '../html/render.ts';
import { renderMarkdown } from '../markdown.ts';
import { renderTerminal } from '../terminal.ts';
import { claimWords } from './claims.ts';

const HEADING = 'What the notes say';

describe('claimWords', () => {
  it('has a glyph and a word for every verdict, and what it hangs on', () => {
    const words = claimWords(scenarioOf(claimsResult()));
    expect(words.map(({ glyph, verdict, when }) => [glyph, verdict, when])).toEqual([
      ['✓', 'confirmed', ''],
      ['✗', 'refuted', ''],
      ['~', 'only when', 'the lock outlives the load'],
      ['?', 'not judged', ''],
    ]);
  });
});

describe('the reports', () => {
  it('name each claim in the terminal, the same with colours', () => {
    const text = renderTerminal(claimsResult(), { colour: false });
    expect(text.slice(text.indexOf(HEADING))).toMatchInlineSnapshot(`
      "What the notes say
      ✓ confirmed   A mutex lets nobody serve old data
      ✗ refuted     A local lock is enough for one load
      ~ only when   SETNX makes one load: when the lock outlives the load
      ? not judged  XFetch makes exactly one refresh
      "
    `);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is removed
    const plain = renderTerminal(claimsResult(), { colour: true }).replace(/\u001b\[\d+m/g, '');
    expect(plain).toBe(text);
  });

  it('give the evidence and the source in Markdown', () => {
    const text = renderMarkdown(claimsResult());
    expect(text).toContain(
      `## ${HEADING}\n\n- ✓ confirmed: **A mutex lets nobody serve old data** (Common study notes)`,
    );
    expect(text).toContain(
      '- \\~ only when: **SETNX makes one load** (Common study notes) Holds when the lock',
    );
    expect(text).toContain('measured 2).\n- ? not judged: **XFetch');
  });

  it('give the evidence and the source in HTML, after the matrix', async () => {
    const page = await renderHtml(claimsResult());
    expect(page.indexOf(HEADING)).toBeGreaterThan(page.indexOf('class="matrix"'));
    expect(page.indexOf(HEADING)).toBeLessThan(page.indexOf('>Over time<'));
    expect(page).toContain('<span class="glyph">~</span> only when');
    expect(page).toContain('(xfetch did not run; --strategy all runs it)');
  });

  it('fold those not judged, when there are several', async () => {
    const several = severalNotJudged();
    const text = renderTerminal(several, { colour: false });
    expect(text.slice(text.indexOf(HEADING))).toMatchInlineSnapshot(`
      "What the notes say
      ✓ confirmed  A mutex lets nobody serve old data
      ✗ refuted    A local lock is enough for one load
      ~ only when  SETNX makes one load: when the lock outlives the load
      ? not judged: 2 claims
      "
    `);
    const [before = '', folded = ''] = (await renderHtml(several)).split('<details class="more-claims">');
    expect(before).not.toContain('XFetch makes exactly one refresh');
    expect(folded).toContain('<summary>? not judged: 2 claims</summary>');
    expect(folded).toContain('XFetch makes exactly one refresh');
    expect(folded).toContain('Nobody waits');
    const [above = '', below = ''] = renderMarkdown(several).split(
      '<details><summary>? not judged: 2 claims</summary>',
    );
    expect(above).toContain('**A mutex lets nobody serve old data**');
    expect(below).toContain('- ? not judged: **XFetch');
    expect(below).toContain('- ? not judged: **Nobody waits');
  });

  it('list none, when none was judged', () => {
    const result = severalNotJudged();
    const unjudged = (claims: readonly ClaimResult[] = []) =>
      claims.filter(({ verdict }) => verdict === 'not judged');
    const scenarios = result.scenarios.map((scenario) => ({
      ...scenario,
      claims: unjudged(scenario.claims),
    }));
    const text = renderTerminal({ ...result, scenarios }, { colour: false });
    expect(text.slice(text.indexOf(HEADING))).toBe(`${HEADING}\n? not judged: 2 claims\n`);
  });

  it('say nothing where there are none', async () => {
    for (const text of [
      renderTerminal(heldResult(), { colour: false }),
      renderMarkdown(heldResult()),
      await renderHtml(heldResult()),
    ]) {
      expect(text).not.toContain(HEADING);
    }
  });
});

function severalNotJudged(): Result {
  const result = claimsResult();
  const [claim] = scenarioOf(result).claims?.slice(-1) ?? [];
  if (claim === undefined) throw new Error('the fixture has no claim that was not judged');
  return {
    ...result,
    scenarios: result.scenarios.map((scenario) => ({
      ...scenario,
      claims: [...(scenario.claims ?? []), { ...claim, text: 'Nobody waits' }],
    })),
  };
}
