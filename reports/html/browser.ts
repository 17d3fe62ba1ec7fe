/** A headless Chromium for the page's tests: started once, closed and its profile removed whatever happens. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What a page did besides showing itself. */
export interface Noise {
  /** Console messages, page errors and CSP violations. */
  readonly complaints: string[];
  /** Every request but the one for the page itself. */
  readonly requests: string[];
}

export class TestBrowser implements AsyncDisposable {
  readonly #context: BrowserContext;
  readonly #directory: string;

  private constructor(context: BrowserContext, directory: string) {
    this.#context = context;
    this.#directory = directory;
  }

  static async launch(): Promise<TestBrowser> {
    const executablePath = findChromium();
    // Not `cachestorm-`: what bears that prefix belongs to a run, and `cachestorm clean` removes it.
    const directory = await mkdtemp(join(tmpdir(), 'report-page-'));
    try {
      const profile = join(directory, 'profile');
      const context = await chromium.launchPersistentContext(profile, { executablePath, args: QUIET });
      return new TestBrowser(context, directory);
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** Opens a document from a file, as a reader would; `visit` gets the page and what it did. */
  async open(
    html: string,
    view: { readonly width: number; readonly height: number; readonly scheme?: 'light' | 'dark' },
    visit: (page: Page, noise: Noise) => Promise<void>,
  ): Promise<void> {
    const file = join(this.#directory, 'report.html');
    await writeFile(file, html);
    const page = await this.#context.newPage();
    try {
      const noise: Noise = { complaints: [], requests: [] };
      page.on('console', (message) => noise.complaints.push(message.text()));
      page.on('pageerror', (error) => noise.complaints.push(String(error)));
      page.on('request', (request) => noise.requests.push(request.url()));
      await page.setViewportSize({ width: view.width, height: view.height });
      await page.emulateMedia({ colorScheme: view.scheme ?? 'light' });
      await page.goto(pathToFileURL(file).href);
      noise.requests.shift();
      await visit(page, noise);
    } finally {
      await page.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#context.close();
    } finally {
      await rm(this.#directory, { recursive: true, force: true, maxRetries: 3 });
    }
  }
}

/** @throws when there is none; the message says what to run. */
export function findChromium(path = process.env.PATH ?? ''): string {
  const candidates = path.split(delimiter).flatMap((directory) => NAMES.map((name) => join(directory, name)));
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined) {
    throw new Error(
      `No Chromium on PATH (looked for ${NAMES.join(', ')}). Install it with: npm run setup -- --with chromium`,
    );
  }
  return found;
}
