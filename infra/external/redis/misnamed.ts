import { addressOfServer, type RedisAddress } from '../../address/redis-address.ts';
import type { Finding } from '../../backend.ts';
import { connectOnce } from './connect-once.ts';

/**
 * Finds what is wrong with an address whose kind of server is not what is there; `null`: nothing is known. A Redis does not
 * know the user and password of a Sentinel, and calls them wrong: it is asked with its own.
 */
export async function misnamed(
  address: RedisAddress,
  { server, variable }: { readonly server: string; readonly variable: string },
  error: unknown,
): Promise<Finding | null> {
  const plain = `Write it as ${address.tls ? 'rediss' : 'redis'}://host:port in ${variable}.`;
  if (/cluster support disabled/.test(String(error)))
    return {
      server,
      what: 'the mode',
      expected: 'a node of a cluster',
      got: 'a Redis by itself',
      mend: plain,
    };
  if (/DB index is out of range/.test(String(error)))
    return {
      server,
      what: `database ${address.database}`,
      expected: 'one that it has',
      got: 'none of that number',
      mend: `Name a lower one at the end of ${variable}, such as /0: a Redis has 16, unless its setting databases says otherwise.`,
    };
  if (address.kind !== 'sentinel') return null;
  for (const host of address.hosts) {
    if (await isRedis(addressOfServer({ ...address, database: 0 }, host)))
      return { server, what: 'the mode', expected: 'a Sentinel', got: 'a Redis', mend: plain };
  }
  return null;
}

async function isRedis(url: string): Promise<boolean> {
  try {
    const redis = await connectOnce(url);
    try {
      return /^redis_mode:(standalone|cluster)/m.test(await redis.info('server'));
    } finally {
      redis.disconnect();
    }
  } catch {
    return false;
  }
}
