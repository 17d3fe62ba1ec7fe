/** The container engine: one that answers, or else a Docker engine of our own for as long as it is held. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { output, succeeds } from './command.ts';

const DOCKERD = fileURLToPath(new URL('./dockerd.sh', import.meta.url));
const START_DEADLINE_MS = 60_000;

/** What its log is good for in an error. */
const LOG_KEPT = 2_000;

/** One that was started here is stopped when this is disposed of; one that was found stays. */
export interface Engine extends AsyncDisposable {
  /** The environment in which `docker` and testcontainers reach it. */
  readonly env: NodeJS.ProcessEnv;
}

export interface Opening {
  readonly signal: AbortSignal;
  /** Installs what has these programs, where it is missing. */
  install(...programs: string[]): Promise<unknown>;
}

/** No engine answers, and none could be started; the message says why. */
export class EngineError extends Error {
  readonly code = 'E_ENGINE';
  override readonly name = 'EngineError';
}

/**
 * The engine that answers at `DOCKER_HOST` or docker's own default, or else one that is started here (root only).
 *
 * Ours keeps its images in `CACHESTORM_ENGINE_DIR`, by default `~/.cache/cachestorm/engine`, from one start to the
 * next, and everything else of it is gone when it ends, even if this process is killed. It changes no rule of the
 * firewall: its containers are reached on published ports, and reach nothing outside but in builds. Further arguments
 * of `dockerd` are taken from `CACHESTORM_DOCKERD_ARGS`, split at spaces.
 *
 * @throws EngineError
 */
export async function openEngine(opening: Opening): Promise<Engine> {
  const env = { ...process.env };
  if (await answers(env)) return { env, [Symbol.asyncDispose]: async () => {} };
  if (process.getuid?.() !== 0) {
    throw new EngineError(
      'no container engine answers, and only root can start one: start it, or run this as root',
    );
  }
  const folder = process.env.CACHESTORM_ENGINE_DIR ?? join(homedir(), '.cache/cachestorm/engine');
  await opening.install('dockerd', 'ip');
  return startEngine(folder, opening);
}

async function startEngine(folder: string, { signal }: Opening): Promise<Engine> {
  // Node's own, with parents, tries for ever where a parent takes no directory.
  await output(['mkdir', '-p', '--', folder]);
  const log = join(folder, 'dockerd.log');
  const env = { ...process.env, DOCKER_HOST: `unix://${join(folder, 'docker.sock')}` };
  if (await answers(env)) {
    throw new EngineError(
      `another process uses the engine in ${folder}: reach it with DOCKER_HOST=${env.DOCKER_HOST}`,
    );
  }
  await writeFile(join(folder, 'daemon.json'), '{}');
  const extra = (process.env.CACHESTORM_DOCKERD_ARGS ?? '').split(' ').filter((arg) => arg !== '');
  // A session of its own: a terminal's Ctrl-C is for us, who stop it in order.
  const child = spawn(DOCKERD, [folder, ...extra], {
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  const exited = once(child, 'exit');
  const engine: Engine = {
    env,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await exited;
    },
  };
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(START_DEADLINE_MS)]);
    while (!(await answers(env))) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended');
      await delay(50, undefined, { signal: deadline });
    }
    return engine;
  } catch (cause) {
    const wrote = await readFile(log, 'utf8').catch(() => '');
    await engine[Symbol.asyncDispose]();
    signal.throwIfAborted();
    throw new EngineError(`dockerd did not start:\n${wrote.slice(-LOG_KEPT)}`, { cause });
  }
}

function answers(env: NodeJS.ProcessEnv): Promise<boolean> {
  return succeeds(['docker', 'version', '--format', '{{.Server.Version}}'], { env });
}
