import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { BackendKind } from '../backend.ts';
import { BackendMissingError, BackendOverrideError } from '../errors.ts';
import {
  type DatabaseProgram,
  ERLANG_DIRECTORIES,
  PROGRAM_KINDS,
  type Program,
  type ProgramKind,
  type RabbitmqProgram,
  type RedisProgram,
} from './find/programs.ts';
import { behindWrapper, firstExecutable, isExecutable, pathDirectories } from './find/search.ts';
import { parseDatabaseVersion, parseRedisVersion, rabbitmqVersion, versionText } from './find/version.ts';

/** The part of the environment that the search reads: PATH and the CACHESTORM_*_SERVER overrides. */
export type SearchEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * Finds the server of one kind: the override if there is one, else the PATH, else the usual directories.
 *
 * @throws BackendMissingError when there is none.
 * @throws BackendOverrideError when the override does not name a program of that kind.
 */
export async function findProgram(kind: 'redis', env?: SearchEnvironment): Promise<RedisProgram>;
export async function findProgram(kind: 'database', env?: SearchEnvironment): Promise<DatabaseProgram>;
export async function findProgram(kind: 'rabbitmq', env?: SearchEnvironment): Promise<RabbitmqProgram>;
export async function findProgram(kind: BackendKind, env?: SearchEnvironment): Promise<Program>;
export async function findProgram(kind: BackendKind, env: SearchEnvironment = process.env): Promise<Program> {
  const known = PROGRAM_KINDS.find((each) => each.kind === kind) as ProgramKind;
  const override = env[known.variable];
  if (override !== undefined && override !== '') {
    const rejected = (reason: string) => new BackendOverrideError(kind, known.variable, override, reason);
    if (!isAbsolute(override)) throw rejected('not an absolute path');
    if (!(await isExecutable(override))) throw rejected('no such program, or not executable');
    const program = await describe(kind, override, env);
    if (program === undefined) throw rejected(`it does not answer as a ${kind} server does`);
    return program;
  }
  const path = await firstExecutable(known.names, [...pathDirectories(env.PATH), ...known.directories]);
  const program = path === undefined ? undefined : await describe(kind, path, env);
  if (program === undefined) throw new BackendMissingError(kind, known.names);
  return program;
}

async function describe(
  kind: BackendKind,
  path: string,
  env: SearchEnvironment,
): Promise<Program | undefined> {
  try {
    if (kind === 'rabbitmq') return await describeRabbitmq(path, env);
    const text = await versionText(path);
    if (kind === 'redis') {
      const parsed = parseRedisVersion(text);
      return parsed && { kind, path, ...parsed };
    }
    const parsed = parseDatabaseVersion(text);
    return parsed && { kind, path, ...parsed };
  } catch {
    return undefined;
  }
}

async function describeRabbitmq(path: string, env: SearchEnvironment): Promise<RabbitmqProgram | undefined> {
  const server = await behindWrapper(path);
  const version = await rabbitmqVersion(server);
  const beside = dirname(server);
  const erlang = [...pathDirectories(env.PATH), ...ERLANG_DIRECTORIES];
  const epmd = await firstExecutable(['epmd'], erlang);
  const rabbitmqctl = await firstExecutable(['rabbitmqctl'], [beside, dirname(await realpath(server))]);
  if (version === undefined || epmd === undefined || rabbitmqctl === undefined) return undefined;
  // erl_call lies beside epmd, or in the folder of the library that it belongs to.
  const erlCall = await firstExecutable(
    ['erl_call'],
    [...erlang, join(dirname(await realpath(epmd)), '..', 'lib', '*', 'bin')],
  );
  return { kind: 'rabbitmq', product: 'rabbitmq', path: server, version, epmd, rabbitmqctl, erlCall };
}
