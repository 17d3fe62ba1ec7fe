import { firstOf } from '../../harness/failure/first-of.ts';
import { UnfitServersError } from '../errors.ts';
import { withoutCredentials } from './credentials.ts';

/**
 * Runs `work` and returns its result. Any failure except an abort is thrown as UnfitServersError, as a finding of the
 * examination would be.
 *
 * @param server as findings name it
 * @param secrets never to be seen in an error
 */
export async function settingUp<T>(
  server: string,
  secrets: readonly string[],
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    // A clean-up that failed after it says less.
    const error = firstOf(thrown);
    if (signal.aborted || error instanceof UnfitServersError) throw error;
    const got = withoutCredentials(error instanceof Error ? error.message : String(error), secrets);
    const finding = {
      server,
      what: 'setting up',
      expected: 'no refusal after all that was looked at before',
      got,
      mend: 'Mend what it says, or report it: it is to be found before anything is written.',
    };
    throw new UnfitServersError([finding]);
  }
}
