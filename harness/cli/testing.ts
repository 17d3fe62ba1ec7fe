/** What tests of the command share: to run it as a user does, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/**
 * Settings of a run whose numbers nobody reads: one round of one process, without a warm-up, and a light load over two
 * expiries or more.
 */
export const QUICK = [
  'profiles.smoke.rounds=1',
  'profiles.smoke.stormMs=1200',
  'cache.ttlMs=400',
  'service.instances=1',
  'start=cold',
  'load.ratePerSec=200',
].flatMap((setting) => ['--set', setting]);

/** What a command ends with, by its verdict. */
export const EXIT_OF = { pass: 0, fail: 1, inconclusive: 4 } as const;

export interface Surroundings {
  /** @default this process's */
  readonly cwd?: string;
  /** Beside this process's own. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface Ended {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command; it writes lines for a CI log. */
export function start(args: readonly string[], { cwd, env }: Surroundings = {}): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...process.env, CI: 'true', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Waits until it has ended and everything that it wrote is read. */
export async function finish(child: ChildProcess): Promise<Ended> {
  if (child.stdout === null || child.stderr === null) throw new Error('the command has no output');
  const ended = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  return { code: child.exitCode, stdout, stderr };
}

/** Ids of the processes with this `NAME=value` in their environment; Linux only, as it reads /proc. */
export async function markedProcesses(marker: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
    if (environment.split('\0').includes(marker)) found.push(pid);
  }
  return found;
}

/** Process ids whose environment carries the run's marker, and its directory if that is there. */
export async function remains(runId: string): Promise<string[]> {
  const found = await markedProcesses(`CACHESTORM_RUN=${runId}`);
  const root = join(tmpdir(), `cachestorm-${runId}`);
  return access(root).then(
    () => [...found, root],
    () => found,
  );
}

/** Waits for lines of `events.jsonl` in `directory` of these types, in this order; others may come between. */
export async function sawEvents(directory: string, ...types: readonly string[]): Promise<void> {
  const order = new RegExp(types.map((type) => `"type":"${type}"`).join('[^]*'));
  const events = () => readFile(join(directory, 'events.jsonl'), 'utf8').catch(() => '');
  await expect.poll(events, { timeout: 60_000, interval: 20 }).toMatch(order);
}
