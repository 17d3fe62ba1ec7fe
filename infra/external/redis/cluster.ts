import { addressOfServer, type Host, type RedisAddress } from '../../address/redis-address.ts';
import { redisClient } from '../../address/redis-client.ts';

const TIMEOUT_MS = 5_000;

/** A prefix of which all keys lie in one slot, and so on one node: it has the part of the name that is hashed. */
export function oneSlotPrefix(prefix: string): string {
  return /\{[^{}]+\}/.test(prefix) ? prefix : `{${prefix}}`;
}

/**
 * The address of the node that owns the slot of `prefix`: whoever keeps to that prefix needs no client that knows of
 * clusters.
 *
 * @throws the last failure when none of the address's hosts can be asked
 */
export async function nodeFor(address: RedisAddress, prefix: string): Promise<string> {
  let last: unknown;
  for (const host of address.hosts) {
    try {
      return addressOfServer(address, await ownerOf(prefix, address, host));
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function ownerOf(prefix: string, address: RedisAddress, asked: Host): Promise<Host> {
  const settings = { commandTimeout: TIMEOUT_MS, connectTimeout: TIMEOUT_MS, retryStrategy: null };
  const redis = redisClient(addressOfServer(address, asked), settings);
  let failure: unknown;
  redis.once('error', (error) => {
    failure = error;
  });
  try {
    await redis.connect();
    const slot = Number(await redis.cluster('KEYSLOT', prefix));
    const ranges = await redis.cluster('SLOTS');
    const range = ranges.find(([from, to]) => from <= slot && slot <= to);
    if (range === undefined) throw new Error('CLUSTERDOWN no node owns the slot');
    const [host, port] = range[2] as unknown as [string, number];
    // A node that does not know its own name answers with none.
    return { host: host || asked.host, port };
  } catch (error) {
    throw failure ?? error;
  } finally {
    redis.disconnect();
  }
}
