/**
 * Holds docs/compatibility.md against a run of the container tests; `npm run compatibility` (vitest's `--update`) writes
 * it instead.
 *
 * A run of a part of the tests, or on images of the user's own, says nothing of the page.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { Reporter, TestModule, TestRunEndReason, Vitest } from 'vitest/node';
import { agrees, tablesOf, withTables } from './page.ts';
import { resultsOf } from './results.ts';

const PAGE = new URL('../../docs/compatibility.md', import.meta.url);

export class CompatibilityReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunEnd(
    modules: readonly TestModule[],
    _errors: readonly unknown[],
    reason: TestRunEndReason,
  ): Promise<void> {
    const vitest = this.#vitest;
    if (vitest === undefined || reason === 'interrupted') return;
    if (await isPart(vitest, modules)) return;
    const servers = resultsOf(modules);
    // Of another project's tests.
    if (servers.length === 0) return;
    const tables = tablesOf(servers);
    const page = await readFile(PAGE, 'utf8');
    if (vitest.config.snapshotOptions.updateSnapshot === 'all')
      await writeFile(PAGE, withTables(page, tables));
    else if (!agrees(page, tables)) {
      vitest.logger.error(
        `docs/compatibility.md is not what this run gives: run npm run compatibility\n\n${tables}`,
      );
      process.exitCode = 1;
    }
  }
}

async function isPart(vitest: Vitest, modules: readonly TestModule[]): Promise<boolean> {
  if (vitest.config.testNamePattern !== undefined) return true;
  if (process.env.CACHESTORM_TEST_IMAGES !== undefined) return true;
  return modules.length < (await vitest.globTestSpecifications()).length;
}
