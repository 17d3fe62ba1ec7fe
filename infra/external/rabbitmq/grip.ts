import type { ChannelModel } from 'amqplib';
import type { Grip } from '../hold.ts';
import { within } from '../within.ts';
import { connectBroker } from './connection.ts';
import { namesOf, onChannel, replyCode } from './possession.ts';

const CLOSE_MS = 2_000;

/** A connection that asked for the queue that is only one connection's. */
export interface BrokerGrip extends Grip {
  readonly model: ChannelModel;
  /** Whether it got it. */
  readonly held: boolean;
}

export async function holdQueue(url: string, prefix: string): Promise<BrokerGrip> {
  const { alive } = namesOf(prefix);
  const model = await connectBroker(url);
  const lost = new Promise((resolve) => model.once('close', resolve));
  const declare = () =>
    onChannel(model, (channel) => channel.assertQueue(alive, { exclusive: true, durable: false }));
  try {
    return {
      model,
      held: await declare().then(
        () => true,
        (error: unknown) => {
          // Another connection's.
          if (replyCode(error) === 405) return false;
          throw error;
        },
      ),
      lost,
      confirm: () => onChannel(model, (channel) => channel.checkQueue(alive)),
      // A broker that has gone silent does not say good-bye.
      [Symbol.asyncDispose]: () => within(CLOSE_MS, model.close()).catch(() => undefined),
    };
  } catch (error) {
    await model.close().catch(() => undefined);
    throw error;
  }
}
