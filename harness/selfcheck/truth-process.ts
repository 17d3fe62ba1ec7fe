import { fileURLToPath } from 'node:url';
import { ForkedProcess } from '../process/forked-process.ts';
import { ProcessLostError } from '../process/process-lost-error.ts';
import { SCRIPT_VARIABLE, type TruthCommand, type TruthLog, type TruthMessage } from './truth-protocol.ts';
import type { TruthScript } from './truth-script.ts';

/** A truth server ended while it was needed, or did not answer any more. */
export class TruthServerLostError extends ProcessLostError {
  readonly code = 'E_TRUTH_SERVER_LOST';
  override readonly name = 'TruthServerLostError';
}

/** Where the processes of a self-check start: marked and watched, so that none outlives it. */
export interface ProcessSite {
  readonly env: NodeJS.ProcessEnv;
  readonly onProcess: (processGroup: number) => void;
  /** Aborted, those that are not ready yet are ended, and no answer is waited for. */
  readonly signal?: AbortSignal;
}

export interface TruthProcess extends AsyncDisposable {
  readonly url: string;
  log(): Promise<TruthLog>;
  /** Empties the log, and numbers requests from 0 again. */
  forget(): Promise<void>;
  /** Waits for the first request of the log, until aborted. Returns when it came, in microseconds of the monotonic clock. */
  firstRequest(signal: AbortSignal): Promise<number>;
  /** Stops the process (SIGSTOP): its connections stay open, and silent. */
  freeze(): void;
  thaw(): void;
}

const MAIN = fileURLToPath(new URL('./truth-process-main.ts', import.meta.url));

/** @throws TruthServerLostError when it ends before it listens */
export async function startTruthProcess(script: TruthScript, site: ProcessSite): Promise<TruthProcess> {
  const child = await ForkedProcess.start<TruthCommand, TruthMessage>({
    entry: MAIN,
    env: { ...site.env, [SCRIPT_VARIABLE]: JSON.stringify(script) },
    onProcess: site.onProcess,
    signal: site.signal,
    lost: (ending) => new TruthServerLostError('a truth server', ending),
  });
  return {
    url: child.ready.url,
    log: async () => (await child.ask('log')).log,
    forget: async () => void (await child.ask('forget')),
    firstRequest: async (signal) => (await child.firstOf(['first'], { type: 'first' }, { signal })).arrivedUs,
    freeze: () => child.signal('SIGSTOP'),
    thaw: () => child.signal('SIGCONT'),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
