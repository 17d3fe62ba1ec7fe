import manifest from '../../package.json' with { type: 'json' };
import { UsageError } from '../catalog/errors.ts';
import { CachestormError } from '../failure/cachestorm-error.ts';
import { firstOf } from '../failure/first-of.ts';
import { forTerminal } from './for-terminal.ts';
import { userFileOf } from './whose.ts';

/** Returns what the user is told of an error: a sentence, or the stack where the error is a bug of ours. */
export function failureText(error: unknown): string {
  return forTerminal(wordsOf(firstOf(error)));
}

function wordsOf(error: unknown): string {
  if (error instanceof UsageError) {
    return error.problems.map(({ path, message }) => `error: ${path}: ${message}\n`).join('');
  }
  if (error instanceof CachestormError) return `error: ${error.message} [${error.code}]\n`;
  const path = error instanceof Error ? userFileOf(error.stack ?? '') : null;
  if (path !== null)
    return `error: ${path}: threw an error that it does not catch:\n${indented(stackOf(error))}\n`;
  return [
    'error: this is a bug in cachestorm: neither your files nor the servers are known to be at fault.',
    'Please report it with these lines, and with the command that led to it:',
    `  cachestorm ${manifest.version}, Node ${process.version}, ${process.platform} ${process.arch}`,
    indented(stackOf(error)),
    '',
  ].join('\n');
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

/** Returns the stack with the causes, which often tell more than the error itself. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return `thrown: ${String(error)}`;
  const stack = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? stack : `${stack}\ncaused by: ${stackOf(error.cause)}`;
}
