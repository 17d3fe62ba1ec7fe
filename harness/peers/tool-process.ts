import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { ProcessSite } from '../selfcheck/truth-process.ts';
import type { Program, ToolCommand } from './tool.ts';

/** How a tool ended, and all that it wrote. */
export interface ToolEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A tool at work. Disposing kills it and its process group; twice does no harm. */
export class ToolProcess implements AsyncDisposable {
  readonly pid: number;
  readonly ended: Promise<ToolEnd>;
  readonly #child: ChildProcessWithoutNullStreams;

  /** @throws Error when the program can't be run */
  static async start([file, ...leading]: Program, command: ToolCommand, site: ProcessSite) {
    const { NODE_OPTIONS: _, ...inherited } = site.env;
    const env = { ...inherited, CI: 'true', ...command.env };
    // A process group of its own: a Ctrl-C is for us to handle, in our own order.
    const child = spawn(file, [...leading, ...command.args], { env, detached: true });
    if (child.pid === undefined) {
      const [error] = await once(child, 'error');
      throw error;
    }
    site.onProcess(child.pid);
    // A tool that ends before it has read everything breaks the pipe; its exit tells the story.
    child.stdin.on('error', () => {});
    child.stdin.end(command.input);
    return new ToolProcess(child, child.pid);
  }

  private constructor(child: ChildProcessWithoutNullStreams, pid: number) {
    this.pid = pid;
    this.#child = child;
    const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    this.ended = Promise.all([closed, text(child.stdout), text(child.stderr)]).then(
      ([[code, signal], stdout, stderr]) => ({ code, signal, stdout, stderr }),
    );
    // It may end while nobody asks.
    this.ended.catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Once it was seen to end, its number may belong to another process.
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
    await once(this.#child, 'exit');
  }
}
