import { systemClock } from '../../harness/time/clock.ts';
import { noteCreation } from '../engine/journal.ts';
import { lastLines } from '../last-lines.ts';
import type { ContainerHandle, EngineConnection } from './connection.ts';
import { createDataVolume } from './data-volume.ts';
import { type ContainerOrder, LoopbackContainer } from './loopback-container.ts';

const POLL_MS = 20;
/** A container that is killed is gone in milliseconds; a busy engine needs longer to notice. */
const ENDS_WITHIN_MS = 30_000;

/** The start was refused because somebody has the port on the host. */
export class PortTakenError extends Error {}

/** How a container's only process is. */
export type ContainerState =
  | { readonly kind: 'waiting' | 'running' | 'paused' | 'gone' }
  | { readonly kind: 'exited'; readonly code: number };

/** One container of the engine, from its creation to its removal. All its verbs may be repeated without harm. */
export class Container {
  readonly id: string;
  readonly #handle: ContainerHandle;
  /** Settled when testcontainers has nothing more to do with it. */
  readonly #starting: Promise<unknown>;
  readonly #volumes: AsyncDisposable;

  private constructor(handle: ContainerHandle, starting: Promise<unknown>, volumes: AsyncDisposable) {
    this.id = handle.id;
    this.#handle = handle;
    this.#starting = starting;
    this.#volumes = volumes;
  }

  /**
   * Has the engine make a container; its start goes on. The image has to be there.
   *
   * @param root where the creation is noted, so that no container is forgotten by whoever cleans up.
   */
  static async create(connection: EngineConnection, order: ContainerOrder, root: string): Promise<Container> {
    using _noted = noteCreation(root, order.name);
    await using volumes = new AsyncDisposableStack();
    if (order.dataBytes === undefined) volumes.use(await createDataVolume(connection, order));
    const container = new LoopbackContainer(order);
    const starting = container.start();
    // Looked at in `started`.
    starting.catch(() => {});
    const id = await Promise.race([container.id, starting.then(({ getId }) => getId())]);
    return new Container(connection.client.container.getById(id), starting, volumes.move());
  }

  /**
   * Resolves once the engine has started it, which says nothing of the server yet.
   *
   * @throws PortTakenError, or what the engine says.
   */
  async started(): Promise<void> {
    try {
      await this.#starting;
    } catch (error) {
      throw asPortTaken(error);
    }
  }

  async state(): Promise<ContainerState> {
    try {
      const { State: state } = await this.#handle.inspect();
      if (state.Paused) return { kind: 'paused' };
      if (state.Running) return { kind: 'running' };
      const waits = ['created', 'configured', 'initialized'].includes(state.Status);
      return waits ? { kind: 'waiting' } : { kind: 'exited', code: state.ExitCode };
    } catch (error) {
      if (statusOf(error) === 404) return { kind: 'gone' };
      throw error;
    }
  }

  /** @throws PortTakenError, or what the engine says. */
  async startAgain(): Promise<void> {
    try {
      await this.#handle.start();
    } catch (error) {
      throw asPortTaken(error);
    }
  }

  /** Resolves once it stands. */
  async pause(): Promise<void> {
    if ((await this.state()).kind === 'running') await this.#handle.pause();
  }

  async resume(): Promise<void> {
    if ((await this.state()).kind === 'paused') await this.#handle.unpause();
  }

  /** SIGKILL, to a paused one too; resolves once it is no more. */
  async kill(): Promise<void> {
    const giveUpUs = systemClock.nowUs() + ENDS_WITHIN_MS * 1e3;
    for (;;) {
      const { kind } = await this.state();
      if (kind !== 'running' && kind !== 'paused') return;
      // 409: it has ended by itself, or the engine wants it resumed first.
      await this.#handle.kill({ signal: 'SIGKILL' }).catch(unless(404, 409));
      if (kind === 'paused') await this.resume().catch(unless(404, 409, 500));
      if (systemClock.nowUs() > giveUpUs) throw new Error(`container ${this.id} does not end`);
      await systemClock.sleep(POLL_MS);
    }
  }

  /** Ends it and removes it with its volumes. */
  async remove(): Promise<void> {
    const giveUpUs = systemClock.nowUs() + ENDS_WITHIN_MS * 1e3;
    while ((await this.state()).kind !== 'gone') {
      // 409: somebody else removes it already.
      await this.#handle.remove({ force: true, v: true }).catch(unless(404, 409));
      if (systemClock.nowUs() > giveUpUs) throw new Error(`container ${this.id} can't be removed`);
      if ((await this.state()).kind !== 'gone') await systemClock.sleep(POLL_MS);
    }
    // It may still have been looking at a container that died: it sees now that there is none.
    await this.#starting.catch(() => {});
    await this.#volumes[Symbol.asyncDispose]();
  }

  /** Runs a command inside and returns what it prints. */
  async run(connection: EngineConnection, command: readonly string[]): Promise<string> {
    const { exitCode, output } = await connection.client.container.exec(this.#handle, [...command]);
    if (exitCode !== 0) throw new Error(`${command[0]} ended with code ${exitCode}: ${output.slice(-500)}`);
    return output;
  }

  /** The end of what its process printed, without `secrets`. */
  async logTail(secrets: readonly string[]): Promise<string> {
    try {
      // All of it: asked for its last lines, Podman 4.3 gives the pieces of a line in reverse.
      const options = { follow: false, stdout: true, stderr: true } as const;
      return lastLines(withoutFrames(await this.#handle.logs(options)), secrets);
    } catch {
      return '';
    }
  }
}

/** The engine sends a header of 8 bytes before each piece: the stream's number, and the length as the last four. */
function withoutFrames(log: Buffer): string {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= log.length; ) {
    const end = at + 8 + log.readUInt32BE(at + 4);
    pieces.push(log.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(pieces).toString('utf8');
}

function asPortTaken(error: unknown): unknown {
  const text = String(error);
  const taken = /port is already allocated|address already in use|port .* already in use/i.test(text);
  return taken ? new PortTakenError(text, { cause: error }) : error;
}

function statusOf(error: unknown): number | undefined {
  return (error as { readonly statusCode?: number } | null)?.statusCode;
}

function unless(...statuses: readonly number[]): (error: unknown) => void {
  return (error) => {
    if (!statuses.includes(statusOf(error) ?? 0)) throw error;
  };
}
