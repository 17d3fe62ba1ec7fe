import { fileURLToPath } from 'node:url';
import { ANSWER_WITHIN_MS, ForkedProcess } from '../process/forked-process.ts';
import { StorageError } from '../record/storage.ts';
import { GeneratorFailedError, GeneratorLostError } from './generator-error.ts';
import { parseMessage } from './messages.ts';
import type {
  GeneratorCommand,
  GeneratorMessage,
  GeneratorPlan,
  GeneratorReport,
  LoadProgress,
} from './protocol.ts';

export interface GeneratorOptions {
  /** The process's whole environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Called with the process id as soon as there is one, before anything else can fail: for the undo journal. */
  readonly onProcess?: (pid: number) => void;
  /** Aborted, a generator that is not ready yet is ended. A load is ended by the signal that `run` is given. */
  readonly signal?: AbortSignal;
  /** The file to run. @default the real generator; the self-check's tests put broken ones in its place */
  readonly entry?: string;
}

/** A generator process that waits for plans. Disposing kills it and its process group. */
export interface Generator extends AsyncDisposable {
  readonly pid: number;
  /**
   * Carries out one plan; one at a time.
   *
   * Aborting the signal ends the load early: the requests on their way are still waited for, at most
   * `timeoutMs`, and the report of what was offered until then is returned all the same. Dispose to drop
   * even those.
   *
   * @param onStarted called with the storm's start in microseconds of the machine's monotonic clock
   * @param onProgress called every `progressEveryMs` of the plan
   * @throws GeneratorLostError (`E_GENERATOR_LOST`) when the process dies, or says nothing long after the load should be over
   * @throws GeneratorFailedError when it cannot carry out the plan, which is a bug
   * @throws StorageError (`E_STORAGE`) when the history can't be written
   * @throws the signal's reason, when it is aborted before the load was asked for
   */
  run(
    plan: GeneratorPlan,
    signal: AbortSignal,
    onStarted?: (startedAtUs: number) => void,
    onProgress?: (progress: LoadProgress) => void,
  ): Promise<GeneratorReport>;
}

/** What it may take to make the report and send it, when the load was ended by the user, who waits for it. */
const REPORT_WITHIN_MS = 5_000;

const MAIN = fileURLToPath(new URL('./generator-main.ts', import.meta.url));

/**
 * Starts a generator process and waits until it is ready.
 *
 * @throws GeneratorLostError when it dies before
 */
export async function startGenerator({
  env,
  onProcess,
  signal,
  entry = MAIN,
}: GeneratorOptions): Promise<Generator> {
  const child = await ForkedProcess.start<GeneratorCommand, GeneratorMessage>({
    entry,
    env,
    onProcess,
    signal,
    parse: parseMessage,
    lost: (ending) => new GeneratorLostError('the load generator', ending),
  });
  return {
    pid: child.pid,
    run: (plan, signal, onStarted, onProgress) => runPlan(child, plan, signal, { onStarted, onProgress }),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

interface Listeners {
  readonly onStarted: ((startedAtUs: number) => void) | undefined;
  readonly onProgress: ((progress: LoadProgress) => void) | undefined;
}

async function runPlan(
  child: ForkedProcess<GeneratorCommand, GeneratorMessage>,
  plan: GeneratorPlan,
  signal: AbortSignal,
  { onStarted, onProgress }: Listeners,
): Promise<GeneratorReport> {
  signal.throwIfAborted();
  if (child.busy) throw new GeneratorFailedError('the generator is busy with another plan');
  const { durationMs, timeoutMs } = plan;
  const stop = (): void => {
    child.send({ type: 'stop' });
    child.hurry(timeoutMs + REPORT_WITHIN_MS);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await child.exchange<GeneratorReport>(
      (message, { resolve, reject }) => {
        if (message.type === 'started') onStarted?.(message.startedAtUs);
        if (message.type === 'progress') onProgress?.(message.progress);
        if (message.type === 'error') {
          const Failure = message.storage === true ? StorageError : GeneratorFailedError;
          reject(new Failure(message.message));
        }
        if (message.type === 'report') resolve(message.report);
      },
      { type: 'start', plan },
      // Aborted, it still reports.
      { withinMs: durationMs + timeoutMs + ANSWER_WITHIN_MS, signal: null },
    );
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
