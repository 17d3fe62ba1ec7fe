import { fileURLToPath } from 'node:url';
import { type ExitState, ForkedProcess } from '../forked-process.ts';
import { SCRIPT_VARIABLE, type TruthCommand, type TruthLog, type TruthMessage } from './truth-protocol.ts';
import type { TruthScript } from './truth-script.ts';

/** A truth server ended while it was needed. */
export class TruthServerLostError extends Error {
  readonly code = 'E_TRUTH_SERVER_LOST';
  override readonly name = 'TruthServerLostError';

  constructor({ code, signal }: ExitState, stderr: string, cause?: unknown) {
    const how = signal ?? `exit code ${code}`;
    super(`a truth server ended (${how})${stderr === '' ? '' : `: ${stderr}`}`, { cause });
  }
}

/** Where the processes of a self-check start: marked and watched, so that none outlives it. */
export interface ProcessSite {
  readonly env: NodeJS.ProcessEnv;
  readonly onProcess: (processGroup: number) => void;
}

export interface TruthProcess extends AsyncDisposable {
  readonly url: string;
  log(): Promise<TruthLog>;
  /** Empties the log, and numbers requests from 0 again. */
  forget(): Promise<void>;
  /** Waits for the first request of the log. Returns when it came, in microseconds of the monotonic clock. */
  firstRequest(): Promise<number>;
  /** Stops the process (SIGSTOP): its connections stay open, and silent. */
  freeze(): void;
  thaw(): void;
}

const MAIN = fileURLToPath(new URL('./truth-process-main.ts', import.meta.url));

/** @throws TruthServerLostError when it ends before it listens */
export async function startTruthProcess(script: TruthScript, site: ProcessSite): Promise<TruthProcess> {
  const { child, ready: url } = await ForkedProcess.start<TruthCommand, TruthMessage, string>(
    {
      entry: MAIN,
      env: { ...site.env, [SCRIPT_VARIABLE]: JSON.stringify(script) },
      onProcess: site.onProcess,
      // Both ends are ours and of one version; a message of another shape can't come.
      parse: (raw) => raw as TruthMessage,
      lost: (exit, stderr, cause) => new TruthServerLostError(exit, stderr, cause),
    },
    (message, { resolve }) => {
      if (message.type === 'ready') resolve(message.url);
    },
  );
  const ask = (type: TruthCommand['type']): Promise<TruthLog> =>
    child.exchange<TruthLog>(
      (message, { resolve }) => {
        if (message.type === 'log') resolve(message.log);
      },
      { type },
    );
  return {
    url,
    log: () => ask('tell'),
    forget: async () => void (await ask('forget')),
    firstRequest: () =>
      child.exchange<number>(
        (message, { resolve }) => {
          if (message.type === 'first') resolve(message.arrivedUs);
        },
        { type: 'first' },
      ),
    freeze: () => child.signal('SIGSTOP'),
    thaw: () => child.signal('SIGCONT'),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
