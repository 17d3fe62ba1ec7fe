import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '../errors.ts';
import { engineRequest } from './request.ts';

/** A container engine of this machine that answers. */
export interface Engine {
  readonly socketPath: string;
  /** `docker` or `podman`. */
  readonly product: string;
  readonly version: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds the engine: the one that DOCKER_HOST names, else the first of the usual sockets that answers.
 *
 * @throws EngineError when none answers, or DOCKER_HOST names one that is not on this machine.
 */
export async function findEngine(env: Environment = process.env): Promise<Engine> {
  const { DOCKER_HOST: host } = env;
  if (host !== undefined && host !== '') {
    const socketPath = socketPathOf(host);
    const engine = await ask(socketPath);
    if (engine === undefined) throw new EngineError(`no container engine answers at DOCKER_HOST=${host}`);
    return engine;
  }
  for (const socketPath of usualSockets(env)) {
    const engine = existsSync(socketPath) ? await ask(socketPath) : undefined;
    if (engine !== undefined) return engine;
  }
  throw new EngineError(
    'no container engine answers at the usual sockets of Docker and Podman: start one, or set DOCKER_HOST',
  );
}

/** Published ports lie on loopback, so that nobody else reaches the servers: nor could we, on another machine. */
function socketPathOf(host: string): string {
  if (host.startsWith('unix://')) return host.slice('unix://'.length);
  throw new EngineError(
    `DOCKER_HOST=${host}: the engine has to be on this machine, named by its socket (unix:///path/docker.sock), as the servers in its containers are reachable by loopback only`,
  );
}

function usualSockets(env: Environment): string[] {
  const { XDG_RUNTIME_DIR: runtime } = env;
  const ofUser = runtime ?? `/run/user/${process.getuid?.() ?? 0}`;
  const inHome = ['.docker/run', '.docker/desktop', '.colima/default', '.orbstack/run', '.rd'];
  return [
    '/var/run/docker.sock',
    join(ofUser, 'docker.sock'),
    ...inHome.map((folder) => join(homedir(), folder, 'docker.sock')),
    join(ofUser, 'podman', 'podman.sock'),
    '/run/podman/podman.sock',
  ];
}

interface VersionAnswer {
  readonly Version?: string;
  readonly Components?: readonly { readonly Name?: string }[];
}

async function ask(socketPath: string): Promise<Engine | undefined> {
  try {
    const { status, body } = await engineRequest(socketPath, 'GET', '/version');
    const { Version: version = 'unknown', Components: parts = [] } = (body ?? {}) as VersionAnswer;
    if (status !== 200) return undefined;
    const isPodman = parts.some(({ Name: name }) => /podman/i.test(name ?? ''));
    return { socketPath, product: isPodman ? 'podman' : 'docker', version };
  } catch {
    return undefined;
  }
}
