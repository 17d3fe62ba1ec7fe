import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { systemClock } from '../../../harness/time/clock.ts';
import type { Finding } from '../../backend.ts';
import { within } from '../within.ts';
import type { BrokerPlace } from './examine.ts';
import { namesOf, onChannel, replyCode } from './possession.ts';

/** More than a storm has waiting, as a rule. */
const MESSAGES = 2_000;
const BYTES = 200;
/** How long they are looked at: a relay that lags leaves its messages there for as long. */
const LASTS_MS = 1_000;
const CONFIRMED_WITHIN_MS = 10_000;
const CLOSE_MS = 2_000;

/**
 * Finds whether queues of the run's own names keep what is put into them: only an administrator can read policies, so their
 * effect is looked at. Queues and messages are the run's own, and gone afterwards.
 *
 * @param own see `ownPrefix`
 */
export async function examinePolicies(
  model: ChannelModel,
  { server, prefix, vhost }: BrokerPlace,
  own: string,
): Promise<Finding[]> {
  const { queue, queueOf } = namesOf(own);
  const left = await Promise.all([queue, queueOf(0)].map((name) => leftOf(model, name, `${own}nowhere`)));
  const worst = left.find((each) => each !== null);
  if (worst == null) return [];
  const pattern = `^${prefix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
  return [
    {
      server,
      what: `the policies of the vhost ${vhost}`,
      expected: `queues that keep ${MESSAGES} messages for ${LASTS_MS / 1e3} s`,
      got: worst,
      mend: `See rabbitmqctl list_policies -p '${vhost}' and list_operator_policies for message-ttl, max-length, max-length-bytes or expires; one of a higher priority keeps all: rabbitmqctl set_policy -p '${vhost}' --priority 999 --apply-to queues cachestorm '${pattern}' '{"max-length": 100000000}'`,
    },
  ];
}

/**
 * @param nowhere the name of no exchange: what is dropped goes there, and not where a policy sends it
 * @returns what was left when some were missing; `null`: all were there until the end
 */
async function leftOf(model: ChannelModel, queue: string, nowhere: string): Promise<string | null> {
  const channel = await model.createConfirmChannel();
  channel.on('error', () => undefined);
  try {
    await channel.assertQueue(queue, { durable: true, deadLetterExchange: nowhere });
    const message = Buffer.alloc(BYTES);
    for (let n = 0; n < MESSAGES; n++) channel.sendToQueue(queue, message);
    await within(CONFIRMED_WITHIN_MS, allAnswered(channel));
    const missing = await missingWithin(channel, queue);
    await onChannel(model, (another) => another.deleteQueue(queue));
    return missing;
  } finally {
    await within(CLOSE_MS, channel.close()).catch(() => undefined);
  }
}

/** One that refuses what is too much says so of each: that is an answer, too. */
function allAnswered(channel: ConfirmChannel): Promise<void> {
  return channel.waitForConfirms().catch((error: unknown) => {
    if (!/nacked/.test(String(error))) throw error;
  });
}

/** Two looks, as each has a queue that expires begin its time anew. */
async function missingWithin(channel: ConfirmChannel, queue: string): Promise<string | null> {
  for (const afterMs of [0, LASTS_MS]) {
    await systemClock.sleep(afterMs);
    try {
      const { messageCount } = await channel.checkQueue(queue);
      if (messageCount < MESSAGES) return `${messageCount} of them left after ${afterMs} ms`;
    } catch (error) {
      if (replyCode(error) !== 404) throw error;
      return `the queue itself gone after ${afterMs} ms`;
    }
  }
  return null;
}
