import type { ChannelModel } from 'amqplib';
import type { Finding } from '../../backend.ts';
import { UnfitServersError } from '../../errors.ts';
import { within } from '../within.ts';
import { onChannel } from './possession.ts';

const ANSWER_WITHIN_MS = 10_000;

/** Its memory or disk is short: it reads nothing more of a connection that publishes, and says so there only. */
export class AlarmError extends Error {
  override readonly name = 'AlarmError';
  /** In the broker's words: `low on memory`. */
  readonly reason: string;

  constructor(reason: string) {
    super(`the broker has an alarm: ${reason}`);
    this.reason = reason;
  }
}

export function alarmFinding(server: string, { reason }: AlarmError): Finding {
  return {
    server,
    what: 'its alarms',
    expected: 'none, so that it takes messages',
    got: `one (${reason})`,
    mend: 'See rabbitmqctl status: free what it is short of, or change vm_memory_high_watermark or disk_free_limit.',
  };
}

/**
 * Publishes a message that no queue is there for, and resolves once it has come back.
 *
 * @param nowhere the name of no queue
 * @throws AlarmError, or what the broker says of the right to publish
 */
export async function askToPublish(model: ChannelModel, nowhere: string): Promise<void> {
  const alarm = Promise.withResolvers<never>();
  const onBlocked = (reason: string) => alarm.reject(new AlarmError(reason));
  model.once('blocked', onBlocked);
  const answer = onChannel(model, (channel) => {
    const refusal = new Promise<never>((_resolve, reject) => channel.once('error', reject));
    refusal.catch(() => undefined);
    const returned = new Promise<void>((resolve) => channel.once('return', () => resolve()));
    // By the exchange that leads to all queues.
    channel.publish('', nowhere, Buffer.alloc(0), { mandatory: true });
    return Promise.race([returned, refusal]);
  });
  try {
    await within(ANSWER_WITHIN_MS, Promise.race([answer, alarm.promise]));
  } finally {
    model.off('blocked', onBlocked);
    answer.catch(() => undefined);
  }
}

/** @throws UnfitServersError in place of an AlarmError */
export function asFinding(server: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof AlarmError ? new UnfitServersError([alarmFinding(server, error)]) : error;
  };
}
