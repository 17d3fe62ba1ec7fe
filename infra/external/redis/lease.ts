import type { Lease } from '../hold.ts';
import { connectOnce } from './connect-once.ts';
import { lifeline } from './marker.ts';

/** A run, and the keys that are its own. */
export interface RedisPossession {
  readonly url: string;
  readonly prefix: string;
  readonly runId: string;
}

/** A sign of life: as long as it is there, nobody takes over what is marked as this run's. */
export async function listen({ url, prefix, runId }: RedisPossession): Promise<Lease> {
  const listener = await connectOnce(url);
  const lost = new Promise((resolve) => listener.once('close', resolve));
  try {
    await listener.subscribe(lifeline(prefix, runId));
  } catch (error) {
    listener.disconnect();
    throw error;
  }
  return {
    lost,
    confirm: () => listener.ping(),
    [Symbol.asyncDispose]: async () => listener.disconnect(),
  };
}
