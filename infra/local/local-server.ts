import { rm, truncate } from 'node:fs/promises';
import { CachestormError } from '../../harness/failure/cachestorm-error.ts';
import { reasonOf } from '../../harness/failure/reason.ts';
import type { BackendKind, Role, StartContext, StartedBackend } from '../backend.ts';
import { BackendLostError, type BackendStartError, BackendStoppedError } from '../errors.ts';
import { makeDirectory } from '../make-directory.ts';
import { type PickPort, pickFreePort, saysAddressInUse } from '../ports.ts';
import { type Answer, awaitAnswer } from './process/await-answer.ts';
import { logTail } from './process/log-tail.ts';
import { type ProcessExit, type ServerCommand, ServerProcess } from './process/server-process.ts';
import { startFailure } from './space.ts';

/** What tells one product from another; the life of a server is the same for all of them. */
export interface LocalRecipe {
  readonly kind: BackendKind;
  readonly product: string;
  readonly version: string;
  /** Holds everything that the server writes; exists, and is removed at the end. */
  readonly directory: string;
  readonly logPath: string;
  /** Never to be seen in an error. */
  readonly secrets: readonly string[];
  /** How long until the first answer, in ms. */
  readonly deadlineMs: number;
  /** Makes what the server needs on `port` and says how to run it. `life` counts its starts from 0. */
  command(port: number, life: number): Promise<ServerCommand>;
  /** One authenticated question to the server; rejects when it does not answer at once. */
  ask(port: number): Promise<void>;
  url(port: number, role: Role): string;
  flush(port: number): Promise<void>;
  /** Ends what was started beside the server. */
  end?(): Promise<void>;
}

/** Options that every local backend has. */
export interface LocalOptions {
  /**
   * Where the port comes from; asked again when the server finds the port taken.
   * @default a random free one below the kernel's ephemeral range
   */
  readonly pickPort?: PickPort;
  /** How long the server may take until it answers, in ms. @default 20 s, RabbitMQ 90 s */
  readonly deadlineMs?: number;
}

const PORT_ATTEMPTS = 5;

/**
 * Starts a server after its recipe, trying up to five ports.
 *
 * @throws BackendStartError, with nothing left behind: neither process nor directory.
 */
export async function startLocal(
  recipe: LocalRecipe,
  context: StartContext,
  pickPort: PickPort = pickFreePort,
): Promise<LocalServer> {
  try {
    await makeDirectory(recipe.directory, { mode: 0o700 });
    for (let attempt = 1; ; attempt++) {
      context.signal.throwIfAborted();
      const port = await pickPort();
      const started = await launch(recipe, context, port, 0);
      if (started.kind === 'running') return new LocalServer(recipe, context, port, started.process);
      const portTaken = started.answer.kind === 'exited' && saysAddressInUse(started.tail);
      if (!portTaken || attempt === PORT_ATTEMPTS) throw await startError(recipe, started);
      await truncate(recipe.logPath);
    }
  } catch (error) {
    const told =
      context.signal.aborted || error instanceof CachestormError
        ? error
        : await startFailure(recipe, 'what it needs could not be made', null, error);
    await recipe.end?.();
    await removeDirectory(recipe.directory);
    throw told;
  }
}

type Launch =
  | { readonly kind: 'running'; readonly process: ServerProcess }
  | {
      readonly kind: 'failed';
      readonly answer: Exclude<Answer, { kind: 'answered' }>;
      readonly tail: string;
    };

async function launch(
  recipe: LocalRecipe,
  context: StartContext,
  port: number,
  life: number,
): Promise<Launch> {
  let process: ServerProcess;
  const command = await recipe.command(port, life);
  context.signal.throwIfAborted();
  try {
    process = await ServerProcess.spawn(command, context.onProcess);
  } catch (error) {
    throw await startFailure(recipe, `can't run ${command.file}`, null, error);
  }
  try {
    const answer = await awaitAnswer(process, () => recipe.ask(port), recipe.deadlineMs, context.signal);
    if (answer.kind === 'answered') return { kind: 'running', process };
    await process.end();
    return { kind: 'failed', answer, tail: await logTail(recipe.logPath, recipe.secrets) };
  } catch (error) {
    await process.end();
    throw error;
  }
}

async function startError(
  recipe: LocalRecipe,
  launch: Launch & { kind: 'failed' },
): Promise<BackendStartError> {
  const { answer, tail } = launch;
  if (answer.kind === 'deadline') {
    const reason = `no answer within ${recipe.deadlineMs / 1e3} s`;
    return startFailure(recipe, reason, tail, answer.lastError);
  }
  return startFailure(recipe, howItEnded(answer.exit), tail);
}

function howItEnded({ code, signal }: ProcessExit): string {
  return signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`;
}

export class LocalServer implements StartedBackend {
  readonly #recipe: LocalRecipe;
  readonly #context: StartContext;
  readonly #port: number;
  #process: ServerProcess;
  #life = 0;
  #disposal: Promise<void> | undefined;

  constructor(recipe: LocalRecipe, context: StartContext, port: number, process: ServerProcess) {
    this.#recipe = recipe;
    this.#context = context;
    this.#port = port;
    this.#process = this.#watched(process);
  }

  get kind(): BackendKind {
    return this.#recipe.kind;
  }

  get product(): string {
    return this.#recipe.product;
  }

  get version(): string {
    return this.#recipe.version;
  }

  /** Process id of the server as it runs now; changes after a restart. */
  get pid(): number {
    return this.#process.pid;
  }

  url(role: Role): string {
    return this.#recipe.url(this.#port, role);
  }

  async confirm(): Promise<void> {
    const process = this.#process;
    if (process.exit !== undefined) throw await this.#loss(process.exit);
    try {
      await this.#recipe.ask(this.#port);
    } catch (error) {
      if (process.exit !== undefined) throw await this.#loss(process.exit);
      throw new BackendLostError(this.product, `it does not answer: ${reasonOf(error)}`, { cause: error });
    }
  }

  async kill(): Promise<void> {
    await this.#process.end();
  }

  async pause(): Promise<void> {
    this.#requireRunning('pause');
    await this.#process.stop();
  }

  async resume(): Promise<void> {
    if (this.#process.exit === undefined) this.#process.signal('SIGCONT');
  }

  async restart(): Promise<void> {
    await this.#process.end();
    if (this.#disposal !== undefined) throw new BackendStoppedError(this.product, 'restart');
    this.#life++;
    const started = await launch(this.#recipe, this.#context, this.#port, this.#life);
    if (started.kind === 'failed') throw await startError(this.#recipe, started);
    this.#process = this.#watched(started.process);
    if (this.#disposal !== undefined) {
      await this.#process.end();
      throw new BackendStoppedError(this.product, 'restart');
    }
  }

  async flush(): Promise<void> {
    this.#requireRunning('flush');
    try {
      await this.#recipe.flush(this.#port);
    } catch (error) {
      throw new BackendLostError(this.product, `it could not be flushed: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async #dispose(): Promise<void> {
    // Its data is thrown away: an orderly shutdown would only cost time.
    await this.#process.end();
    await this.#recipe.end?.();
    await removeDirectory(this.#recipe.directory);
  }

  /** Has the run end at once when the process ends and nobody here has ended it. */
  #watched(process: ServerProcess): ServerProcess {
    void process.exited.then(async (exit) => {
      if (!process.ending) this.#context.onLost(await this.#loss(exit));
    });
    return process;
  }

  async #loss(exit: ProcessExit): Promise<BackendLostError> {
    const tail = await logTail(this.#recipe.logPath, this.#recipe.secrets);
    return new BackendLostError(this.product, howItEnded(exit), { logTail: tail });
  }

  #requireRunning(action: string): void {
    if (this.#process.exit !== undefined) throw new BackendStoppedError(this.product, action);
  }
}

async function removeDirectory(directory: string): Promise<void> {
  // Retries: a helper of a killed server may be writing its last file while the folder is being emptied.
  await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}
