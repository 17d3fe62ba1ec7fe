import { writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { exitCodeOfError, exitCodes } from './exit-codes.ts';
import { failureText } from './failure-text.ts';
import { userFileOf } from './whose.ts';

const STDERR = 2;

/** The program has said its exit code; the process may end. */
let finished = false;

/**
 * Sees to it that only a command that has finished ends the process with an exit code of its own. A user's file is code: it
 * may call `process.exit`, or throw when nobody waits for it any more.
 */
export function watchEnding(): void {
  process.exitCode = exitCodes.bug;
  process.on('exit', () => {
    if (!finished) process.exitCode = sayWhoEnded();
  });
  // Node ends with 1 here, which means that a bound failed.
  process.on('uncaughtException', (error) => {
    sayAtOnce(failureText(error));
    // The guardian ends what the run has started.
    finish(exitCodeOfError(error));
  });
}

/** Ends the process, whatever it still waits for: a user's file may have left a timer, a server or a client open. */
export function finish(exitCode: number): never {
  finished = true;
  process.exit(exitCode);
}

/** Resolves once all that was written is with its reader, who may be slow, or has gone away. */
export async function written(...streams: readonly Writable[]): Promise<void> {
  for (const stream of streams) {
    if (!stream.destroyed) await new Promise<void>((resolve) => stream.write('', () => resolve()));
  }
}

function sayWhoEnded(): number {
  const called: { stack?: string } = {};
  Error.captureStackTrace(called, process.exit);
  const path = userFileOf(called.stack ?? '');
  if (path !== null) {
    sayAtOnce(`error: ${path}: calls process.exit before the command has finished; a file may not end it\n`);
    return exitCodes.usage;
  }
  sayAtOnce(failureText(new Error('the process ended before the command had finished')));
  return exitCodes.bug;
}

/** Not through the stream, whose write may be left behind by the exit. */
function sayAtOnce(text: string): void {
  try {
    writeSync(STDERR, text);
  } catch {
    // Nobody listens; the exit code says it all the same.
  }
}
