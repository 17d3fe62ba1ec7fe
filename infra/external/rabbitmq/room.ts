import type { ChannelModel } from 'amqplib';
import type { Finding } from '../../backend.ts';
import { within } from '../within.ts';
import type { BrokerPlace } from './examine.ts';

/** A process of a run asks for its queues on one, publishes on one, and consumes on one. */
const CHANNELS = 3;
const CLOSE_MS = 2_000;
/** As amqplib puts it: a broker says why, and that is not handed on. */
const REFUSED = /ConnectionClose|connection closed|closed abruptly|channel (ended|closed)|ECONNRESET/i;

/**
 * Opens as many connections and channels as a run has at once, and closes them: limits of a vhost and of a user can only
 * be read by an administrator.
 *
 * @param connect makes one more; one is there already
 */
export async function examineRoom(
  connect: () => Promise<ChannelModel>,
  { server, vhost, user, needs: { connections } }: BrokerPlace,
): Promise<Finding[]> {
  await using opened = new AsyncDisposableStack();
  for (let count = 1; count < connections.rabbitmq; count++) {
    try {
      const model = opened.adopt(await connect(), (each) =>
        within(CLOSE_MS, each.close()).catch(() => undefined),
      );
      for (let channels = 0; channels < CHANNELS; channels++) {
        const channel = await model.createChannel();
        channel.on('error', () => undefined);
      }
    } catch (error) {
      if (!REFUSED.test(String(error))) throw error;
      return [
        {
          server,
          what: 'its limits',
          expected: `room for ${connections.rabbitmq} connections at once, of ${CHANNELS} channels each`,
          got: `a refusal after ${count}`,
          mend: `Raise max-connections and max-channels (rabbitmqctl list_vhost_limits -p '${vhost}', list_user_limits --user '${user}') or connection_max, or lower service.instances or the number of relays.`,
        },
      ];
    }
  }
  return [];
}
