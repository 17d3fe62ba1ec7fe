import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Patience } from './patience.ts';
import type { Ending } from './process-lost-error.ts';

/** How the harness deals with one kind of child process: the generator, a service instance. */
export interface ForkOptions<Message> {
  /** The file to run. */
  readonly entry: string;
  /** The process's whole environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Told the process group as soon as there is one. When it throws, the process is ended. */
  readonly onProcess?: ((processGroup: number) => void) | undefined;
  /**
   * Checks what came over the channel. Its errors reach whoever waits for an answer.
   *
   * @default nothing is checked: where both ends are ours and of one version, no message of another shape can come
   */
  readonly parse?: (raw: unknown) => Message;
  /** Aborted, a process that is not ready yet is ended, and no question is waited for any more. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long it may take to be ready, in ms: a server that it waits for may be silent, for as long as a fault lasts.
   * @default 90 s
   */
  readonly readyWithinMs?: number;
  /** What to throw when the process is gone, or does not answer. */
  readonly lost: (ending: Ending) => Error;
}

export interface Typed {
  readonly type: string;
}

/** Of the messages those of a type. */
type Named<Message, Type> = Extract<Message, { readonly type: Type }>;

/** Enough for a stack trace; a process in trouble may write without end. */
const STDERR_KEPT = 4_000;
const READY_WITHIN_MS = 90_000;
/** Answers take milliseconds. A busy machine, or a full garbage collection of a large heap, takes seconds. */
export const ANSWER_WITHIN_MS = 15_000;

export interface Asking {
  /**
   * How long the process may be silent, in ms; every message begins the time anew. `Infinity`: as long as it likes.
   * @default 15 s
   */
  readonly withinMs?: number;
  /** @default that of the process; `null`: the answer is waited for whatever is aborted */
  readonly signal?: AbortSignal | null;
}

/** One that is ready, and what it said of itself then. */
export type ReadyProcess<Command extends Typed, Message extends Typed> = ForkedProcess<Command, Message> & {
  readonly ready: Named<Message, 'ready'>;
};

/** A question that has no answer yet. */
interface Question<Message> {
  readonly take: (message: Message) => void;
  readonly fail: (error: unknown) => void;
  readonly patience: Patience;
}

/**
 * A child process that answers over IPC, one question at a time. One that is silent for too long, as its event loop is
 * blocked or somebody has stopped it, is lost as one that has ended. Disposing kills it and its process group; twice
 * does no harm.
 */
export class ForkedProcess<Command extends Typed, Message extends Typed> implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #parse: (raw: unknown) => Message;
  readonly #signal: AbortSignal | undefined;
  readonly #makeLost: (ending: Ending) => Error;
  #lostBy: Error | null = null;
  #stderr = '';
  #question: Question<Message> | null = null;
  #disposed = false;

  private constructor({ entry, env, parse = (raw) => raw as Message, signal, lost }: ForkOptions<Message>) {
    this.#parse = parse;
    this.#signal = signal;
    this.#makeLost = lost;
    const child = fork(entry, [], {
      execPath: process.execPath,
      // Flags of the harness (a test runner's loader, an inspector port) are not the child's.
      execArgv: [],
      env,
      // A process group of its own: the terminal's Ctrl-C is the harness's to handle, in its own order.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT);
    });
    // Not 'exit': stderr, which says why, may still hold unread text then.
    child.once('close', (code, name) => this.#lose({ code, signal: name }));
    child.once('error', (cause) => this.#lose({ code: null, signal: null, cause }));
    child.on('message', (raw) => this.#take(raw));
  }

  /**
   * Starts the process and waits for its message `ready`.
   *
   * @throws what `lost` makes when it ends before, or is late; what `onProcess` throws; the signal's reason. It is ended
   * then.
   */
  static async start<Command extends Typed, Message extends Typed>(
    options: ForkOptions<Message>,
  ): Promise<ReadyProcess<Command, Message>> {
    const { onProcess, readyWithinMs = READY_WITHIN_MS } = options;
    const child = new ForkedProcess<Command, Message>(options);
    try {
      if (child.#child.pid !== undefined) onProcess?.(child.#child.pid);
      const late = () => child.#lose({ code: null, signal: null, notReadyMs: readyWithinMs });
      using _patience = new Patience(readyWithinMs, late);
      const ready = await child.firstOf(['ready'], undefined, { withinMs: Number.POSITIVE_INFINITY });
      return Object.assign(child, { ready });
    } catch (error) {
      await child[Symbol.asyncDispose]();
      throw error;
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** True while somebody waits for an answer. */
  get busy(): boolean {
    return this.#question !== null;
  }

  /** Asks for what the child says in a message of the same type as the command. */
  ask<Type extends Command['type'] & Message['type']>(type: Type): Promise<Named<Message, Type>> {
    return this.firstOf([type], { type } as Typed as Command);
  }

  /** Waits for the first message of these types. */
  firstOf<Type extends Message['type']>(
    types: readonly Type[],
    ask?: Command,
    asking?: Asking,
  ): Promise<Named<Message, Type>> {
    const wanted: readonly string[] = types;
    const take = (message: Message, { resolve }: Answer<Named<Message, Type>>) => {
      if (wanted.includes(message.type)) resolve(message as Named<Message, Type>);
    };
    return this.exchange(take, ask, asking);
  }

  /**
   * Listens until `take` settles the answer, or the process is lost.
   *
   * @param ask Sent once somebody listens.
   * @throws Error when another question has no answer yet; what `lost` makes; the signal's reason.
   */
  async exchange<T>(
    take: (message: Message, answer: Answer<T>) => void,
    ask?: Command,
    { withinMs = ANSWER_WITHIN_MS, signal = this.#signal ?? null }: Asking = {},
  ): Promise<T> {
    if (this.#lostBy !== null) throw this.#lostBy;
    if (this.#question !== null)
      throw new Error('two questions at once to one process: it answers one at a time');
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    using patience: Patience = new Patience(withinMs, () =>
      this.#lose({ code: null, signal: null, silentMs: patience.ms }),
    );
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#question = { take: (message) => take(message, { resolve, reject }), fail: reject, patience };
    if (ask !== undefined) this.send(ask);
    try {
      return await promise;
    } finally {
      this.#question = null;
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Has the question under way, if there is one, be answered within so many ms. @default 15 s */
  hurry(withinMs = ANSWER_WITHIN_MS): void {
    this.#question?.patience.restart(withinMs);
  }

  send(command: Command): void {
    // A process that is gone shows as lost; a failed send adds nothing to that.
    if (this.#child.connected) this.#child.send(command, () => {});
  }

  /** Does nothing once it is gone: its number may belong to another process by then. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    if (this.#disposed || child.pid === undefined) return;
    this.#disposed = true;
    // Once it was seen to end, its number may belong to another process.
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
    await exited;
  }

  #take(raw: unknown): void {
    const question = this.#question;
    try {
      const message = this.#parse(raw);
      question?.patience.restart();
      question?.take(message);
    } catch (error) {
      question?.fail(error);
    }
  }

  /** It may be lost while nobody asks; the next question finds out. */
  #lose(how: Omit<Ending, 'stderr'>): void {
    this.#lostBy ??= this.#makeLost({ ...how, stderr: this.#stderr.trim() });
    this.#question?.fail(this.#lostBy);
  }
}

export interface Answer<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}
