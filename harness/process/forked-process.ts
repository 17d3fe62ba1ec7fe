import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
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
  /** Aborted, a process that is not ready yet is ended. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long it may take to be ready, in ms: a server that it waits for may be silent, for as long as a fault lasts.
   * @default 90 s
   */
  readonly readyWithinMs?: number;
  /** What to throw when the process is gone. */
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

/** One that is ready, and what it said of itself then. */
export type ReadyProcess<Command extends Typed, Message extends Typed> = ForkedProcess<Command, Message> & {
  readonly ready: Named<Message, 'ready'>;
};

/** A child process that answers over IPC. Disposing kills it and its process group; twice does no harm. */
export class ForkedProcess<Command extends Typed, Message extends Typed> implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #parse: (raw: unknown) => Message;
  /** Rejects when the process is lost. */
  readonly #lost: Promise<never>;
  #stderr = '';
  #listener: ((message: Message) => void) | null = null;
  #fail: ((error: unknown) => void) | null = null;
  #disposed = false;

  private constructor({ entry, env, parse = (raw) => raw as Message, lost }: ForkOptions<Message>) {
    this.#parse = parse;
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
    this.#lost = new Promise((_, reject) => {
      const stderr = () => this.#stderr.trim();
      // Not 'exit': stderr, which says why, may still hold unread text then.
      child.once('close', (code, signal) => reject(lost({ code, signal, stderr: stderr() })));
      child.once('error', (cause) => reject(lost({ code: null, signal: null, stderr: stderr(), cause })));
    });
    // It may be lost while nobody asks; the next exchange finds out.
    this.#lost.catch(() => {});
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
    const child = new ForkedProcess<Command, Message>(options);
    const said = child.firstOf(['ready']);
    // Nobody waits for it when `onProcess` throws.
    said.catch(() => {});
    try {
      if (child.#child.pid !== undefined) options.onProcess?.(child.#child.pid);
      return Object.assign(child, { ready: await child.#inTime(said, options) });
    } catch (error) {
      await child[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #inTime<T>(
    said: Promise<T>,
    { signal, readyWithinMs = READY_WITHIN_MS, lost }: ForkOptions<Message>,
  ): Promise<T> {
    signal?.throwIfAborted();
    const given = Promise.withResolvers<never>();
    const onAbort = () => given.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const tooLate = setTimeout(() => {
      given.reject(
        lost({ code: null, signal: null, stderr: this.#stderr.trim(), notReadyMs: readyWithinMs }),
      );
    }, readyWithinMs);
    try {
      return await Promise.race([said, given.promise]);
    } finally {
      clearTimeout(tooLate);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** True while somebody waits for an answer. */
  get busy(): boolean {
    return this.#listener !== null;
  }

  /** Asks for what the child says in a message of the same type as the command. */
  ask<Type extends Command['type'] & Message['type']>(type: Type): Promise<Named<Message, Type>> {
    return this.firstOf([type], { type } as Typed as Command);
  }

  /** Waits for the first message of these types. */
  firstOf<Type extends Message['type']>(
    types: readonly Type[],
    ask?: Command,
  ): Promise<Named<Message, Type>> {
    const wanted: readonly string[] = types;
    return this.exchange((message, { resolve }) => {
      if (wanted.includes(message.type)) resolve(message as Named<Message, Type>);
    }, ask);
  }

  /**
   * Listens until `take` settles the answer, or the process is lost. One at a time.
   *
   * @param ask Sent once somebody listens.
   */
  async exchange<T>(take: (message: Message, answer: Answer<T>) => void, ask?: Command): Promise<T> {
    const answered = new Promise<T>((resolve, reject) => {
      this.#fail = reject;
      this.#listener = (message) => take(message, { resolve, reject });
    });
    if (ask !== undefined) this.send(ask);
    try {
      return await Promise.race([answered, this.#lost]);
    } finally {
      this.#listener = null;
      this.#fail = null;
    }
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
    try {
      const message = this.#parse(raw);
      this.#listener?.(message);
    } catch (error) {
      this.#fail?.(error);
    }
  }
}

export interface Answer<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}
