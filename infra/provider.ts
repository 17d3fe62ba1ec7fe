import type { Backend, BackendKind } from './backend.ts';
import { localDatabase } from './local/database.ts';
import { localRabbitmq } from './local/rabbitmq.ts';
import { localRedis } from './local/redis.ts';

export const providerNames = ['local', 'containers'] as const;
export type ProviderName = (typeof providerNames)[number];

/** Where the servers of a run come from. */
export interface Provider {
  readonly name: ProviderName;
  /** Whether the servers are the run's own, to be killed, paused and set as it likes. */
  readonly ownsServers: boolean;
  backend(kind: BackendKind): Backend;
}

const LOCAL: Readonly<Record<BackendKind, () => Backend>> = {
  redis: localRedis,
  database: localDatabase,
  rabbitmq: localRabbitmq,
};

/** Server programs of this machine, started as child processes. */
export const localProvider: Provider = {
  name: 'local',
  ownsServers: true,
  backend: (kind) => LOCAL[kind](),
};
