import type { Channel, ConsumeMessage } from 'amqplib';
import type { MessageSource, QueueShape, RowChange } from '../../scenarios/strategies/relay.ts';
import type { Clock } from '../time/clock.ts';
import type { Count } from './counters.ts';
import { decodeMessage } from './message.ts';

export type Handle = Parameters<MessageSource['consume']>[0];

export interface ConsumerOptions {
  readonly queue: string;
  readonly shape: QueueShape;
  readonly handle: Handle;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly count: Count;
  readonly onBackgroundError: (error: unknown) => void;
  /** The broker has cancelled the subscription: its queue was deleted. */
  readonly onCancelled: () => void;
}

/** Between two tries of a message that was rejected: who can't do its work must not spin. */
const FIRST_RETRY_MS = 20;
const LONGEST_RETRY_MS = 1_000;

/** What becomes of a message. `left`: nothing, as the channel is gone and the message the broker's again. */
type Verdict = 'ack' | 'requeue' | 'drop' | 'left';

/** Hands out a queue's messages, one after the other and in its order, until `channel` is closed. */
export async function subscribe(channel: Channel, options: ConsumerOptions): Promise<void> {
  const { count, shape } = options;
  let open = true;
  let held = 0;
  let line: Promise<void> = Promise.resolve();
  channel.once('close', () => {
    open = false;
    count('inHand', -held);
  });

  async function work(message: ConsumeMessage): Promise<void> {
    const verdict = await judge(message, options, () => open && !options.signal.aborted);
    if (verdict === 'left' || !open) return;
    held--;
    count('inHand', -1);
    if (verdict === 'ack') {
      count('acked');
      channel.ack(message);
    } else channel.nack(message, false, verdict === 'requeue');
  }

  await channel.prefetch(shape.prefetch);
  await channel.consume(options.queue, (message) => {
    if (message === null) return options.onCancelled();
    held++;
    count('inHand');
    count('delivered');
    if (message.fields.redelivered) count('redelivered');
    line = line.then(() => work(message));
  });
}

/**
 * Where order matters a rejected message is tried again here, as back in the queue it would be behind those that are
 * in hand already. Where it does not, it goes back, and another consumer may have it.
 */
async function judge(
  message: ConsumeMessage,
  { handle, shape, clock, signal, onBackgroundError }: ConsumerOptions,
  goesOn: () => boolean,
): Promise<Verdict> {
  let change: RowChange;
  try {
    change = decodeMessage(message.content);
  } catch (error) {
    onBackgroundError(error);
    return 'drop';
  }
  const delivery = { redelivered: message.fields.redelivered };
  for (let pauseMs = FIRST_RETRY_MS; goesOn(); pauseMs = Math.min(2 * pauseMs, LONGEST_RETRY_MS)) {
    try {
      await handle(change, delivery);
      return 'ack';
    } catch (error) {
      onBackgroundError(error);
    }
    await clock.sleep(pauseMs, signal).catch(() => undefined);
    if (shape.order === 'none') return 'requeue';
  }
  return 'left';
}
