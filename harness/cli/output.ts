import { systemReason } from '../record/storage.ts';
import { errorCode, exitCodes } from './exit-codes.ts';

/** Of a pipe without a reader (`| head -1`), of a terminal that was closed, and of any write after that. */
const READER_GONE = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);
/** What a script would take for a result that it has read. */
const VERDICTS = new Set<unknown>([undefined, exitCodes.held, exitCodes.failed, exitCodes.inconclusive]);

/**
 * Lets a command go on, and end with its own exit code, when nobody reads its output any more. Output that can't be
 * written to a file is a failure: one sentence and exit code 3.
 */
export function outliveReaders(): void {
  // Nobody is left to be told of this one.
  process.stderr.on('error', () => undefined);
  process.stdout.once('error', (error) => {
    process.stdout.on('error', () => undefined);
    const code = errorCode(error);
    if (code !== null && READER_GONE.has(code)) return;
    process.stderr.write(
      `error: the output can't be written: ${systemReason(error) ?? error.message} [E_OUTPUT]\n`,
    );
    process.once('exit', () => {
      if (VERDICTS.has(process.exitCode)) process.exitCode = exitCodes.infrastructure;
    });
  });
}
