import type { Backend, BackendKind, Needs } from './backend.ts';
import { localDatabase } from './local/database.ts';
import { localRabbitmq } from './local/rabbitmq.ts';
import { localRedis } from './local/redis.ts';

export const providerNames = ['local', 'containers', 'external'] as const;
export type ProviderName = (typeof providerNames)[number];

/** Where the servers of a run come from. */
export interface Provider {
  readonly name: ProviderName;
  /** Whether the servers are the run's own, to be killed, paused and set as it likes. */
  readonly ownsServers: boolean;
  /** @param needs what the run does with its servers; those of its own are made for all of it */
  backend(kind: BackendKind, needs: Needs): Backend;
}

const LOCAL: Readonly<Record<BackendKind, (needs: Needs) => Backend>> = {
  redis: () => localRedis(),
  database: (needs) => localDatabase({ needs }),
  rabbitmq: () => localRabbitmq(),
};

/** Server programs of this machine, started as child processes. */
export const localProvider: Provider = {
  name: 'local',
  ownsServers: true,
  backend: (kind, needs) => LOCAL[kind](needs),
};
