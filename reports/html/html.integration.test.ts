import { gunzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../harness/result/schema.ts';
import { allResults } from '../fixtures/all.ts';
import { avalancheResult, everyScenarioResult } from '../fixtures/avalanche.ts';
import { penetrationResult } from '../fixtures/penetration.ts';
import { failedResult, heldResult, inconclusiveResult } from '../fixtures/results.ts';
import { writeResult } from '../fixtures/write-consistency.ts';
import { findChromium, TestBrowser } from './browser.ts';
import { renderHtml } from './render.ts';

const WIDTHS = [360, 768, 1440];

let browser: TestBrowser;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  browser = stack.use(await TestBrowser.launch());
}, 60_000);
afterAll(() => stack.disposeAsync(), 60_000);

/** A page takes as long to make as to look at, and several tests look at the same. */
const pages = new Map<() => Result, Promise<string>>();
function pageOf(make: () => Result): Promise<string> {
  const page = pages.get(make) ?? renderHtml(make());
  pages.set(make, page);
  return page;
}

describe('the page in Chromium', { timeout: 60_000 }, () => {
  it.each(Object.entries(allResults))('%s: quiet, offline, as wide as the window', async (_name, make) => {
    await browser.open(await pageOf(make), { width: 1440, height: 800 }, async (page, noise) => {
      // Everything open is the widest that the page gets.
      await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        expect(await page.evaluate('innerWidth')).toBe(width);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        expect(await page.evaluate(SPILLED_HEADS)).toEqual([]);
      }
      expect(await page.evaluate('globalThis.pwned')).toBeUndefined();
      expect(noise).toEqual({ complaints: [], requests: [] });
    });
  });

  it.each([
    ['✗ failed', failedResult],
    ['? inconclusive', inconclusiveResult],
  ] as const)(
    'shows the verdict, the answer and the matrix on the first screen: %s',
    async (ruling, make) => {
      await browser.open(await pageOf(make), { width: 1280, height: 800 }, async (page) => {
        expect(await page.locator('.ruling').innerText()).toBe(ruling);
        for (const part of ['.ruling', '.answer', '.env', '.matrix tr.row']) {
          const last = page.locator(part).last();
          const box = await last.boundingBox();
          if (part.startsWith('.matrix')) expect(box?.y).toBeLessThan(800);
          else expect((box?.y ?? 800) + (box?.height ?? 0)).toBeLessThanOrEqual(800);
        }
      });
    },
  );

  it.each(WIDTHS)('draws charts at %d px, one drawing of each', async (width) => {
    await browser.open(await pageOf(heldResult), { width, height: 800 }, async (page) => {
      const boxes = await page.locator('svg.chart:visible').evaluateAll(readSizes);
      expect(boxes).toHaveLength(4 * 3 + 1);
      for (const box of boxes) {
        expect(box.width).toBeGreaterThan(200);
        expect(box.height).toBeGreaterThan(60);
      }
      expect(await page.locator('svg.chart:visible:not([aria-label])').count()).toBe(0);
    });
  });

  it.each([
    ['penetration', penetrationResult],
    ['avalanche', avalancheResult],
  ] as const)('shows what the %s scenario is about: four strips a strategy', async (_name, make) => {
    await browser.open(await pageOf(make), { width: 1440, height: 800 }, async (page) => {
      expect(await page.locator('svg.chart:visible').count()).toBe(4 * 4 + 1);
    });
  });

  it('shows what a scenario that writes is about, at any width', async () => {
    await browser.open(await pageOf(writeResult), { width: 1440, height: 800 }, async (page) => {
      // Five strips a strategy, the spectrum, and one key; the others open.
      expect(await page.locator('svg.chart:visible').count()).toBe(5 * 5 + 1 + 1);
      await page.locator('.worst-key > details > summary', { hasText: 'binlog' }).click();
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        const drawn = await page.locator('.key-timeline svg.chart:visible').evaluateAll(readSizes);
        expect(drawn).toHaveLength(2);
        for (const box of drawn) {
          expect(box.width).toBeGreaterThan(300);
          expect(box.height).toBeGreaterThan(150);
        }
        const stale = page.locator('.operations td:last-child:visible', { hasText: 'stale by' });
        expect(await stale.count()).toBe(3);
        expect(await page.evaluate(BROKEN_NUMBERS)).toBe(0);
      }
    });
  });

  it('leads from the list of scenarios to each and back', async () => {
    await browser.open(await pageOf(everyScenarioResult), { width: 1280, height: 800 }, async (page) => {
      await page.getByRole('link', { name: 'Avalanche: many entries vanish at once (a cold start)' }).click();
      expect((await page.locator('#scenario-5').boundingBox())?.y).toBeLessThan(100);
      await page.locator('#scenario-5').getByRole('link', { name: 'all scenarios' }).click();
      expect(await page.locator('.overview .verdict').count()).toBe(5);
      // Scrolling stops at whole pixels, boxes do not.
      expect((await page.locator('.overview').boundingBox())?.y).toBeGreaterThan(-1);
    });
  });

  it.each(['light', 'dark'] as const)('is readable in %s', async (scheme) => {
    await browser.open(await pageOf(failedResult), { width: 1280, height: 800, scheme }, async (page) => {
      const background = await colour(page, 'body', 'backgroundColor');
      expect(luminance(background) > 0.5).toBe(scheme === 'light');
      for (const selector of ['body', '.answer', '.env', '.matrix td', '.matrix small', '.verdict', 'a']) {
        const text = await colour(page, selector, 'color');
        expect(contrast(text, background), selector).toBeGreaterThanOrEqual(4.5);
      }
      // Variables in attributes of the SVG must resolve, or a line would be black on black.
      const line = await colour(page, 'svg.chart.wide path[stroke="var(--s2)"]', 'stroke');
      expect(contrast(line, background)).toBeGreaterThanOrEqual(3);
    });
  });

  it('opens a row to the strategy’s own text', async () => {
    await browser.open(await pageOf(heldResult), { width: 1280, height: 800 }, async (page) => {
      const weakness = page.getByText('A holder that crashes stalls every reader for the lock time.');
      expect(await weakness.isVisible()).toBe(false);
      await page.locator('.row summary', { hasText: 'mutex' }).click();
      expect(await weakness.isVisible()).toBe(true);
    });
  });

  it('opens a row by keyboard', async () => {
    await browser.open(await pageOf(heldResult), { width: 1280, height: 800 }, async (page) => {
      await page.locator('.row summary').first().focus();
      await page.keyboard.press('Enter');
      expect(await page.locator('tr.details:visible').count()).toBe(1);
    });
  });

  it('hands out the result, offline and under the CSP', async () => {
    const result = heldResult();
    await browser.open(await renderHtml(result), { width: 1280, height: 800 }, async (page, noise) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('a[download]').click(),
      ]);
      expect(download.suggestedFilename()).toBe('result.json.gz');
      const chunks: Buffer[] = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk);
      expect(JSON.parse(gunzipSync(Buffer.concat(chunks)).toString())).toEqual(result);
      expect(noise.complaints).toEqual([]);
    });
  });

  it('would notice a style that the CSP forbids', async () => {
    const html = (await pageOf(heldResult)).replace('<h1>', '<h1 style="color:red">');
    await browser.open(html, { width: 1280, height: 800 }, async (_page, noise) => {
      expect(noise.complaints.join()).toContain('Content Security Policy');
    });
  });

  it('prints light, whatever the scheme', async () => {
    await browser.open(
      await pageOf(heldResult),
      { width: 700, height: 900, scheme: 'dark' },
      async (page) => {
        await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
        expect(luminance(await colour(page, 'body', 'backgroundColor'))).toBe(1);
      },
    );
  });
});

describe('findChromium', () => {
  it('says what to run when there is none', () => {
    expect(() => findChromium('/nowhere')).toThrow('npm run setup -- --with chromium');
  });
});

/** Runs in the page: how many numbers of the operations stand in more than one line, where nobody can read them. */
const BROKEN_NUMBERS = `[...document.querySelectorAll('.operations td:nth-child(-n + 4)')].filter((cell) => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return new Set([...range.getClientRects()].map(({ top }) => top)).size > 1;
}).length`;

/** Runs in the page: the heads of tables that reach into their neighbours, beyond half of the gap between. */
const SPILLED_HEADS = `[...document.querySelectorAll('.matrix > thead > tr > th')]
  .filter((head) => head.getBoundingClientRect().width > 1 && head.scrollWidth > head.clientWidth + 4)
  .map(({ textContent }) => textContent)`;

interface Drawn {
  getBoundingClientRect(): { readonly width: number; readonly height: number };
}

/** Runs in the page. */
function readSizes(elements: readonly unknown[]) {
  return (elements as readonly Drawn[]).map((element) => {
    const { width, height } = element.getBoundingClientRect();
    return { width, height };
  });
}

type Rgb = readonly [number, number, number];

async function colour(page: Page, selector: string, property: string): Promise<Rgb> {
  const script = `getComputedStyle(document.querySelector(${JSON.stringify(selector)})).${property}`;
  const [r = 0, g = 0, b = 0] = (String(await page.evaluate(script)).match(/\d+(\.\d+)?/g) ?? []).map(Number);
  return [r, g, b];
}

function luminance(rgb: Rgb): number {
  const [r = 0, g = 0, b = 0] = rgb.map((byte) => {
    const channel = byte / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2 contrast ratio. */
function contrast(a: Rgb, b: Rgb): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}
