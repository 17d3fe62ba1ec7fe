import type { ChannelModel } from 'amqplib';
import type { Lease } from '../hold.ts';
import { within } from '../within.ts';
import { askToPublish } from './alarm.ts';
import { connectBroker } from './connection.ts';

const CLOSE_MS = 2_000;

/** A connection to a broker that takes messages. */
export interface BrokerLease extends Lease {
  readonly model: ChannelModel;
}

/**
 * Queues of the run's own names need no holding. The connection is there to hear of an alarm, which a broker tells only
 * to who publishes, and of the broker's end.
 *
 * @throws AlarmError
 */
export async function holdConnection(url: string, own: string): Promise<BrokerLease> {
  const model = await connectBroker(url);
  const close = () => within(CLOSE_MS, model.close()).catch(() => undefined);
  const ask = () => askToPublish(model, `${own}nowhere`);
  try {
    await ask();
  } catch (error) {
    await close();
    throw error;
  }
  const lost = new Promise((resolve) => model.once('close', resolve).once('blocked', resolve));
  return {
    model,
    lost,
    confirm: ask,
    // A broker that has gone silent does not say good-bye.
    [Symbol.asyncDispose]: close,
  };
}
