import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../harness/result/schema.ts';
import { avalancheResult } from '../fixtures/avalanche.ts';
import { penetrationResult } from '../fixtures/penetration.ts';
import { edit, heldResult, inconclusiveResult } from '../fixtures/results.ts';
import { emptyResult, HOSTILE, hostileResult, severalScenariosResult } from '../fixtures/variants.ts';
import { writeResult } from '../fixtures/write-consistency.ts';
import { html } from './markup.ts';
import { renderHtml } from './render.ts';
import { withTerms } from './terms.ts';

describe('html', () => {
  it('escapes text, attributes and lists, and nothing twice', () => {
    const inner = html`<b>${'<&>'}</b>`;
    expect(html`<p title="${'"\''}">${[inner, ' & ', 3]}${null}</p>`.text).toBe(
      '<p title="&quot;&#39;"><b>&lt;&amp;&gt;</b> &amp; 3</p>',
    );
  });
});

describe('withTerms', () => {
  it('explains a term once and keeps the text', () => {
    const { text } = withTerms('A hot key, the <hot key>');
    expect(text.match(/<abbr/g)).toHaveLength(1);
    expect(text.replace(/<\/?abbr[^>]*>/g, '')).toBe('A hot key, the &lt;hot key&gt;');
  });
});

/** Pages of results as they are, which several tests read: to draw one takes the better part of a second. */
const pages = new Map<() => Result, Promise<string>>();

function pageOf(make: () => Result): Promise<string> {
  const page = pages.get(make) ?? renderHtml(make());
  pages.set(make, page);
  return page;
}

describe('renderHtml', () => {
  it('is a pure function of the result, and leaves it as it was', async () => {
    const result = heldResult();
    expect(await renderHtml(result)).toBe(await pageOf(heldResult));
    expect(result).toStrictEqual(heldResult());
  });

  it('reads top down: verdict, answer, matrix, time, distribution, doubts, reference', async () => {
    const page = await pageOf(heldResult);
    const order = [
      '<h1>',
      'class="ruling"',
      'class="answer"',
      'class="matrix"',
      'Over time',
      'Distribution of response times',
      'Warnings</h2>',
      'can’t tell',
      'How each number is measured',
      '>Words<',
      'Environment',
      'Raw data',
    ].map((part) => page.indexOf(part));
    expect(order.every((at) => at > 0)).toBe(true);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('says beside the answer why there is no verdict, and all warnings after the charts', async () => {
    const page = await pageOf(inconclusiveResult);
    const [before = '', after = ''] = page.split('<table class="matrix');
    expect(before).toContain('sent 1% of its requests 84 ms late or more: the machine was too busy. <span');
    expect(before).toContain('<a href="#warnings-1">All 2 warnings</a>');
    expect(before).toContain('the hot entry never expired');
    expect(before).not.toContain('Commit and run again.');
    const warnings = after.slice(after.indexOf('id="warnings-1"'));
    expect(warnings).toContain('Commit and run again.');
    expect(after.indexOf('id="warnings-1"')).toBeGreaterThan(after.indexOf('Distribution of response times'));
  });

  it('shows three checks that failed, and the others on demand', async () => {
    const page = await renderHtml(
      edit((_, { strategies }) => {
        for (const { bounds } of strategies)
          for (const bound of bounds) Object.assign(bound, { measured: 900, holds: false });
      }),
    );
    const [shown = '', folded = ''] = page.split('<table class="matrix')[0]?.split('<details') ?? [];
    expect(shown.match(/measured 900/g)).toHaveLength(3);
    expect(folded).toContain('1 more check did not hold or could not be decided');
    expect(folded.match(/measured 900/g)).toHaveLength(1);
  });

  it('shows a check that is undecided where no doubt says why there is no verdict', async () => {
    const result = inconclusiveResult();
    const shown = async () => (await renderHtml(result)).split('<details class="more-checks"')[0] ?? '';
    expect(await shown()).not.toContain('the hot entry never expired');
    for (const { warnings } of result.scenarios) delete warnings[0]?.voids;
    expect(await shown()).toContain('the hot entry never expired');
  });

  it('lets no text become markup', async () => {
    const page = await pageOf(hostileResult);
    expect(page).not.toMatch(/<script|<img|<\/style><s/);
    expect(page.match(/<style>/g)).toHaveLength(1);
    expect(page.match(/<title>/g)).toHaveLength(1);
    const tags = page.match(/<[a-z][^>]*>/g) ?? [];
    // Inside quotes anything may stand; outside them no handler, no style.
    const bare = tags.map((tag) => tag.replace(/"[^"]*"/g, '""'));
    expect(bare.filter((tag) => /\son\w+=|\sstyle=|'/.test(tag))).toEqual([]);
    // The raw data holds the text unharmed.
    const data = /href="data:application\/gzip;base64,([^"]*)"/.exec(page)?.[1] ?? '';
    expect(JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString()).runId).toBe(HOSTILE);
  });

  it('points to the file beside it when the data are too large to embed', async () => {
    const result = heldResult();
    const [first] = result.scenarios;
    // What can't be packed.
    const noise = Array.from({ length: 12_000 }, (_, at) =>
      createHash('sha512').update(String(at)).digest('base64'),
    );
    if (first !== undefined) first.settings = { noise };
    const section = (await renderHtml(result)).split('>Raw data<')[1] ?? '';
    expect(section).toContain('<a href="result.json">');
    expect(section.length).toBeLessThan(1000);
  });

  it('leads from the name of every metric to how it is measured, which stands there once', async () => {
    const page = await pageOf(writeResult);
    const links = [...page.matchAll(/href="#(metric-[^"]*)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(50);
    for (const id of new Set(links)) expect(page.split(`id="${id}"`), id).toHaveLength(2);
    expect(links).toContain('metric-staleness.*');
    const own = await renderHtml(
      edit((_, { strategies }) => {
        const [first] = strategies;
        const any = first?.metrics['db.reads'];
        if (first !== undefined && any !== undefined) first.metrics.ofMyOwn = any;
      }),
    );
    expect(own).toContain('<th scope="row"><code>ofMyOwn</code></th>');
  });

  it('shows dashes for what was not measured', async () => {
    const page = await pageOf(emptyResult);
    expect(page).toContain('No timeline was recorded');
    expect(page).toContain('not in a git working tree');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it.each([heldResult, penetrationResult, avalancheResult, writeResult])(
    'has as many cells in every row of the matrix as columns',
    async (make) => {
      const page = await pageOf(make);
      const matrix = page.slice(page.indexOf('<table class="matrix'), page.indexOf('Over time'));
      const count = (text: string | undefined, tag: string) =>
        text?.match(new RegExp(`<${tag}[ >]`, 'g'))?.length;
      const columns = count(matrix.split('<thead>')[0], 'col');
      for (const row of matrix.split('<tr class="row').slice(1)) {
        expect((count(row.split('</tr>')[0], 'td') ?? 0) + 1).toBe(columns);
        expect(row).toContain(`<td colspan="${columns}">`);
      }
      const heads = [
        ...(matrix
          .split('</thead>')[0]
          ?.split('</tr>')[0]
          ?.matchAll(/<th [^>]*>/g) ?? []),
      ];
      const spans = heads.map(([tag]) => Number(/colspan="(\d)"/.exec(tag)?.[1] ?? 1));
      expect(spans.reduce((a, b) => a + b, 0)).toBe(columns);
    },
  );

  it('says never where a service did not come back, and what set the storm off', async () => {
    const page = await pageOf(avalancheResult);
    expect(page).toContain('>never<');
    expect(page).toContain('flush: Redis lost everything');
    expect(page.includes('the hot entry expired, or was renewed before it did</li>')).toBe(false);
  });

  it('shows the gravest key openly, the others and long tables on demand', async () => {
    const page = await pageOf(writeResult);
    const section = page.slice(page.indexOf('<section class="worst-key">'));
    const worst = section.slice(0, section.indexOf('</section>'));
    expect(page.indexOf('Over time')).toBeLessThan(page.indexOf('The worst key'));
    expect(page.indexOf('The worst key')).toBeLessThan(page.indexOf('Distribution of response times'));
    expect(worst.indexOf('<strong>write-behind</strong> item-5')).toBeLessThan(worst.indexOf('<details'));
    expect(worst.match(/<figure /g)).toHaveLength(4);
    expect(worst).toContain('Its 34 operations, one by one; 44 more of this key are left out</summary>');
    expect(worst).toContain('666 more operations of this key are left out.');
    // Of 12 rows, not folded.
    const [, lag = ''] = worst.split('<strong>binlog</strong>');
    expect(lag.match(/<summary>/g)).toBeNull();
    expect(lag.match(/<tr>/g)).toHaveLength(13);
  });

  it('weighs no more with each strategy than a page can bear of two dozen', async () => {
    const result = writeResult();
    const [scenario] = result.scenarios;
    const added = scenario?.strategies.splice(1).length ?? 0;
    const alone = Buffer.byteLength(await renderHtml(result));
    expect(added).toBe(4);
    expect((Buffer.byteLength(await pageOf(writeResult)) - alone) / added).toBeLessThan(50_000);
  });

  it('says how soon a write is seen, in as many cells a row as columns', async () => {
    const page = await pageOf(writeResult);
    const section = page.slice(page.indexOf('How soon a write is seen'), page.indexOf('The worst key'));
    expect(page.indexOf('Over time')).toBeLessThan(page.indexOf('How soon a write is seen'));
    const count = (text: string, tag: string) => text.match(new RegExp(`<${tag}[ >]`, 'g'))?.length ?? 0;
    const columns = count(section.split('<thead>')[0] ?? '', 'col');
    const rows = section.split('<tr class="row').slice(1);
    expect(rows.map((row) => count(row, 'td') + 1)).toEqual(Array.from({ length: 4 }, () => columns));
    const [head = '', subhead = ''] = section.split('<thead>')[1]?.split('</tr>') ?? [];
    const spans = [...head.matchAll(/<th [^>]*>/g)].map(([tag]) =>
      Number(/colspan="(\d)"/.exec(tag)?.[1] ?? 1),
    );
    expect(spans.reduce((a, b) => a + b, 0)).toBe(columns);
    // Strategy and Gamma stand over both lines.
    expect(count(subhead, 'th')).toBe(columns - 2);
    expect(await pageOf(heldResult)).not.toContain('How soon a write is seen');
  });

  it('explains only the signs that are there to see', async () => {
    const page = await pageOf(writeResult);
    const of = (strategy: string) =>
      page.split(`<strong>${strategy}</strong> item`)[1]?.split('</ul>')[0] ?? '';
    for (const words of ['never committed', 'failed or was not answered', 'fault</li>']) {
      expect(of('write-behind')).toContain(words);
      expect(of('cache-aside')).not.toContain(words);
    }
  });

  it('has no section on keys where none went wrong', async () => {
    expect(await pageOf(heldResult)).not.toContain('The worst key');
  });

  it('has a section and a link for each of several scenarios', async () => {
    const page = await pageOf(severalScenariosResult);
    expect(page.match(/<article /g)).toHaveLength(3);
    expect(page.match(/href="#scenario-\d"/g)).toHaveLength(3);
    expect(page.match(/<h1>/g)).toHaveLength(1);
  });
});
