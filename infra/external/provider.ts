import { AddressError } from '../address/address-error.ts';
import { type Backend, type BackendKind, type Needs, NO_NEEDS } from '../backend.ts';
import type { Provider } from '../provider.ts';
import { externalDatabase } from './database.ts';
import { brokerAt, externalRabbitmq, QUEUE_PREFIX } from './rabbitmq.ts';
import { externalRedis } from './redis.ts';
import { newToken } from './token.ts';

export interface ExternalOptions {
  /** Where the addresses are: REDIS_URL, MYSQL_URL and AMQP_URL. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Servers whose addresses have to be there. */
  readonly needed: readonly BackendKind[];
  /** Of all keys, queues and exchanges. With one of the user's own, Redis may hold other keys. */
  readonly keyPrefix?: string | undefined;
  /** @default MYSQL_URL's, or `cachestorm` */
  readonly schema?: string | undefined;
}

const VARIABLES: Readonly<Record<BackendKind, string>> = {
  redis: 'REDIS_URL',
  database: 'MYSQL_URL',
  rabbitmq: 'AMQP_URL',
};

/**
 * The user's own servers.
 *
 * @throws AddressError for all addresses that are missing or wrong
 */
export function externalProvider({ env, needed, keyPrefix, schema }: ExternalOptions): Provider {
  const token = newToken();
  // Whether or not this run needs it: an earlier one may have left something there.
  const broker = () => {
    const url = env[VARIABLES.rabbitmq] ?? '';
    const prefix = needed.includes('rabbitmq') ? (keyPrefix ?? QUEUE_PREFIX) : null;
    const at = brokerAt(url);
    return at === null ? undefined : { url, at, prefix };
  };
  const make: Readonly<Record<BackendKind, (url: string, needs: Needs) => Backend>> = {
    redis: (url, needs) => externalRedis({ url, keyPrefix, needs }),
    database: (url, needs) => externalDatabase({ url, schema, needs, token, broker: broker() }),
    rabbitmq: (url, needs) => externalRabbitmq({ url, prefix: keyPrefix, needs, token }),
  };
  const backend = (kind: BackendKind, needs: Needs): Backend => {
    const variable = VARIABLES[kind];
    const url = env[variable] ?? '';
    if (url === '') throw new AddressError(`${variable} is not set: it is to be the address of your server`);
    try {
      return make[kind](url, needs);
    } catch (error) {
      if (error instanceof AddressError) throw new AddressError(`${variable}: ${error.message}`);
      throw error;
    }
  };
  const given = (Object.keys(VARIABLES) as BackendKind[]).filter(
    (kind) => (env[VARIABLES[kind]] ?? '') !== '',
  );
  const problems = [...new Set([...needed, ...given])].flatMap((kind) => {
    try {
      backend(kind, NO_NEEDS);
      return [];
    } catch (error) {
      if (error instanceof AddressError) return error.message;
      throw error;
    }
  });
  if (problems.length > 0) throw new AddressError(problems.join('\n  '));
  return {
    name: 'external',
    ownsServers: false,
    backend,
  };
}
