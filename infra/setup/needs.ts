import type { BackendKind } from '../backend.ts';

/** What a run or the tests need of a machine: a server of each kind, and for the report's tests a browser. */
export type Need = BackendKind | 'chromium';

/** How one need is met. */
export interface NeedSource {
  readonly need: Need;
  /** Names for it over the years, the preferred one first; the first that the machine's lists have is taken. */
  readonly aptPackages: readonly string[];
  /** Packages whose services are to stay off when they are new: a package and what it brings along. */
  readonly aptServices: readonly string[];
  readonly brewFormula: string;
  /** Overrides the search with the path of a program. */
  readonly variable: string;
}

export const NEED_SOURCES: readonly NeedSource[] = [
  {
    need: 'redis',
    aptPackages: ['redis-server', 'valkey-server'],
    aptServices: ['redis-server', 'valkey-server'],
    brewFormula: 'redis',
    variable: 'CACHESTORM_REDIS_SERVER',
  },
  {
    need: 'database',
    // The core package: the server without its service, accounts and questions.
    aptPackages: ['mariadb-server-core', 'mariadb-server-core-10.6', 'mariadb-server-core-10.5'],
    aptServices: [],
    brewFormula: 'mariadb',
    variable: 'CACHESTORM_DATABASE_SERVER',
  },
  {
    need: 'rabbitmq',
    aptPackages: ['rabbitmq-server'],
    aptServices: ['rabbitmq-server', 'erlang-base'],
    brewFormula: 'rabbitmq',
    variable: 'CACHESTORM_RABBITMQ_SERVER',
  },
  {
    need: 'chromium',
    aptPackages: ['chromium', 'chromium-browser'],
    aptServices: [],
    brewFormula: 'chromium',
    variable: 'CACHESTORM_CHROMIUM',
  },
];

/** The servers that every scenario may ask for. */
export const DEFAULT_NEEDS: readonly Need[] = ['redis', 'database', 'rabbitmq'];

export function sourceOf(need: Need): NeedSource {
  return NEED_SOURCES.find((source) => source.need === need) as NeedSource;
}
