import { renderMarkdown } from '../../reports/markdown.ts';
import { renderTerminal } from '../../reports/terminal.ts';
import type { RunDirectory } from '../record/run-directory.ts';
import { StorageError } from '../record/storage.ts';
import type { Result } from '../result/schema.ts';

/**
 * Writes a result with its reports, and prints it, even if they can't be written.
 *
 * @returns why they can't; `null` when they are there, or those of an earlier run are to stay
 */
export async function showResult(
  result: Result,
  directory: RunDirectory,
  { json = false }: { readonly json?: boolean },
): Promise<StorageError | null> {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  let lost: StorageError | null = null;
  let report: { readonly reportPath: string } | null = null;
  if (!directory.keepsEarlier) {
    // Loaded where it is needed: wrong usage is told in half the time.
    const { renderHtml } = await import('../../reports/html/render.ts');
    try {
      await directory.writeOutcome('result.json', text);
      const html = await renderHtml(result);
      report = { reportPath: await directory.writeOutcome('report.html', html) };
      await directory.writeOutcome('summary.md', renderMarkdown(result));
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      lost = error;
    }
  }
  const colour = process.stdout.hasColors?.() ?? false;
  process.stdout.write(json ? text : renderTerminal(result, { colour, ...report }));
  return lost;
}
