/** A container of one of our images, as a user of the official image starts it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type CommandOptions, output } from '../command.ts';

/** Far beyond what a busy machine makes of the slowest start. */
const ANSWER_DEADLINE_MS = 180_000;

export interface ContainerOptions {
  readonly tag: string;
  /** The server's port inside. */
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Files in the container: path and text. */
  readonly files?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

export class Container implements AsyncDisposable {
  readonly #id: string;
  readonly #port: number;
  readonly #signal: AbortSignal;

  /** Starts it with its port on loopback. */
  static async start(options: ContainerOptions, signal: AbortSignal): Promise<Container> {
    const { tag, port, env = {}, files = {}, args = [] } = options;
    const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const publish = ['--publish', `127.0.0.1::${port}`];
    const id = await output(['docker', 'create', ...publish, ...variables, tag, ...args], { signal });
    const container = new Container(id.trim(), port, signal);
    try {
      for (const [path, text] of Object.entries(files)) await container.#write(path, text);
      await container.#docker('start');
      return container;
    } catch (error) {
      await container[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(id: string, port: number, signal: AbortSignal) {
    this.#id = id;
    this.#port = port;
    this.#signal = signal;
  }

  /** The port on loopback; another one after each start. */
  async port(): Promise<number> {
    const addresses = await output(['docker', 'port', this.#id, String(this.#port)], {
      signal: this.#signal,
    });
    const port = /^127\.0\.0\.1:(\d+)$/m.exec(addresses)?.[1];
    if (port === undefined) throw new Error(`not on loopback: ${addresses}`);
    return Number(port);
  }

  /**
   * The first value that `ask` gives without an error.
   *
   * @throws the last error, when the container has ended or the deadline has passed
   */
  async answer<T>(ask: (port: number) => Promise<T>): Promise<T> {
    const deadline = performance.now() + ANSWER_DEADLINE_MS;
    for (;;) {
      try {
        return await ask(await this.port());
      } catch (error) {
        const runs = (await this.inspect('{{.State.Running}}')) === 'true';
        if (!runs || performance.now() > deadline)
          throw new Error(`no answer; its log:\n${await this.log()}`, { cause: error });
        await delay(100, undefined, { signal: this.#signal });
      }
    }
  }

  exec(...command: string[]): Promise<string> {
    return output(['docker', 'exec', this.#id, ...command], { signal: this.#signal });
  }

  inspect(format: string): Promise<string> {
    return this.#docker('inspect', '--format', format);
  }

  /** What it wrote since it was made, over all its starts. */
  log(): Promise<string> {
    return output(['bash', '-c', 'docker logs "$1" 2>&1', 'bash', this.#id]);
  }

  /**
   * In order: its first process gets SIGTERM.
   *
   * @throws when that did not end it
   */
  async restart(): Promise<void> {
    await this.#docker('stop', '--time', '60');
    const code = await this.inspect('{{.State.ExitCode}}');
    if (code !== '0') throw new Error(`stopped with ${code}; its log:\n${await this.log()}`);
    await this.#docker('start');
  }

  /** With SIGKILL, and started again. */
  async killAndStart(): Promise<void> {
    await this.#docker('kill');
    await this.#docker('start');
  }

  /**
   * Removes it with its volume.
   *
   * @throws when it had none, as an official image has, or when the volume is still there
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const volume = (
      await output(['docker', 'inspect', '--format', '{{range .Mounts}}{{.Name}}{{end}}', this.#id])
    ).trim();
    await output(['docker', 'rm', '--force', '--volumes', this.#id]);
    const volumes = (await output(['docker', 'volume', 'ls', '--quiet'])).split('\n');
    if (volume === '' || volumes.includes(volume))
      throw new Error(`the volume of ${this.#id}: "${volume}" in ${volumes}`);
  }

  async #docker(command: string, ...args: string[]): Promise<string> {
    const options: CommandOptions = { signal: this.#signal };
    return (await output(['docker', command, ...args, this.#id], options)).trim();
  }

  async #write(path: string, text: string): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'proof-images-'));
    try {
      // Readable by the server's user; docker keeps the mode.
      await writeFile(join(folder, 'file'), text, { mode: 0o644 });
      await output(['docker', 'cp', join(folder, 'file'), `${this.#id}:${path}`], { signal: this.#signal });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
