import type { BackendKind } from '../../backend.ts';

/** A server's binary on this machine, with what it needs beside it. */
export type Program = RedisProgram | DatabaseProgram | RabbitmqProgram;

interface ProgramBase {
  /** Absolute path of the server itself, symbolic links kept. */
  readonly path: string;
  /** As the program gives it: `7.0.15`. */
  readonly version: string;
}

export interface RedisProgram extends ProgramBase {
  readonly kind: 'redis';
  readonly product: 'redis' | 'valkey';
}

export interface DatabaseProgram extends ProgramBase {
  readonly kind: 'database';
  readonly product: 'mariadb' | 'mysql';
}

export interface RabbitmqProgram extends ProgramBase {
  readonly kind: 'rabbitmq';
  readonly product: 'rabbitmq';
  /** The Erlang port mapper daemon. */
  readonly epmd: string;
  readonly rabbitmqctl: string;
  /** Erlang's small C client for remote calls, about 50 times as quick as rabbitmqctl. Not everywhere. */
  readonly erlCall: string | undefined;
}

/** How one kind of server is recognised. */
export interface ProgramKind {
  readonly kind: BackendKind;
  /** Names to look for, the preferred one first. */
  readonly names: readonly string[];
  /** The environment variable that overrides the search with one path. */
  readonly variable: string;
  /** Directories to look into after the PATH; `*` stands for any one name. */
  readonly directories: readonly string[];
}

const SYSTEM = ['/usr/local/bin', '/usr/local/sbin', '/usr/bin', '/usr/sbin', '/usr/libexec'];
const HOMEBREW = [
  '/opt/homebrew/bin',
  '/opt/homebrew/sbin',
  '/opt/homebrew/opt/*/bin',
  '/opt/homebrew/opt/*/sbin',
  '/usr/local/opt/*/bin',
  '/usr/local/opt/*/sbin',
  '/home/linuxbrew/.linuxbrew/bin',
  '/home/linuxbrew/.linuxbrew/sbin',
];

/** Where Erlang keeps `epmd`, `erl` and `erl_call`. */
export const ERLANG_DIRECTORIES = [
  '/usr/lib/erlang/bin',
  '/usr/lib64/erlang/bin',
  '/usr/local/lib/erlang/bin',
  '/opt/homebrew/opt/erlang/lib/erlang/bin',
  '/usr/local/opt/erlang/lib/erlang/bin',
  ...SYSTEM,
  ...HOMEBREW,
];

export const PROGRAM_KINDS: readonly ProgramKind[] = [
  {
    kind: 'redis',
    names: ['redis-server', 'valkey-server'],
    variable: 'CACHESTORM_REDIS_SERVER',
    directories: [...SYSTEM, ...HOMEBREW],
  },
  {
    kind: 'database',
    names: ['mariadbd', 'mysqld'],
    variable: 'CACHESTORM_DATABASE_SERVER',
    directories: [...SYSTEM, '/usr/local/mysql/bin', '/opt/mysql/*/bin', ...HOMEBREW],
  },
  {
    kind: 'rabbitmq',
    names: ['rabbitmq-server'],
    variable: 'CACHESTORM_RABBITMQ_SERVER',
    // The package's own folder comes first: see `behindWrapper`.
    directories: ['/usr/lib/rabbitmq/bin', '/usr/lib/rabbitmq/lib/*/sbin', ...SYSTEM, ...HOMEBREW],
  },
];
