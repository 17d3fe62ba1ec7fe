import type { Channel, ChannelModel } from 'amqplib';
import type { MessageSource, QueueShape } from '../../scenarios/strategies/relay.ts';
import type { Clock } from '../time/clock.ts';
import { BrokerLink } from './broker-link.ts';
import { type Handle, subscribe } from './consumer.ts';
import type { Count, QueueCounters } from './counters.ts';
import { Publisher } from './publisher.ts';
import { QueueError } from './queue-error.ts';
import { declare, QUEUE_PREFIX, topologyOf } from './topology.ts';

export interface QueueOptions {
  readonly url: string;
  readonly shape: QueueShape;
  /** What the names of queues and exchanges begin with. @default `cachestorm.` */
  readonly prefix?: string;
  /** Which of the shape's consumers this is, from 0. @default 0 */
  readonly consumer?: number;
  readonly clock: Clock;
  /** Aborted: nothing is handed out any more, and a lost connection is not made again. */
  readonly signal: AbortSignal;
  /** Told of lost connections, of messages that were rejected, and of those that are none of ours. */
  readonly onBackgroundError: (error: unknown) => void;
  /** Called when a counter has changed. @default nobody is told */
  readonly onCount?: () => void;
}

export interface ConnectedQueue extends MessageSource, AsyncDisposable {
  readonly counters: Readonly<QueueCounters>;
  /**
   * How many messages nobody has in hand, in the queues of all consumers together.
   *
   * @throws QueueError (`unreachable`)
   */
  waiting(): Promise<number>;
}

/** What works on one connection. */
interface Session {
  readonly model: ChannelModel;
  readonly publisher: Publisher;
  readonly asking: Channel;
}

/**
 * Connects a process to the queues of `shape`, and makes them if they are not there. Comes back after a lost
 * connection; while there is none, publishing fails at once.
 *
 * @throws QueueError (`unreachable`)
 */
export async function connectQueue(options: QueueOptions): Promise<ConnectedQueue> {
  const { url, shape, consumer = 0, clock, signal, onBackgroundError, onCount = () => {} } = options;
  const topology = topologyOf(shape, options.prefix ?? QUEUE_PREFIX);
  const counters = { published: 0, confirmed: 0, delivered: 0, redelivered: 0, acked: 0, inHand: 0 };
  const count: Count = (counter, by = 1) => {
    counters[counter] += by;
    onCount();
  };
  let handle: Handle | null = null;

  async function open(model: ChannelModel): Promise<Session> {
    const asking = ended(await model.createChannel(), model);
    await declare(asking, shape, topology);
    const channel = ended(await model.createConfirmChannel(), model);
    const publisher = new Publisher(channel, topology, shape.durable, count);
    return { model, asking, publisher };
  }

  async function hand(work: Handle, { model }: Session): Promise<void> {
    const queue = topology.queueOf(consumer);
    const onCancelled = () => link.drop();
    const channel = ended(await model.createChannel(), model);
    await subscribe(channel, {
      queue,
      shape,
      handle: work,
      clock,
      signal,
      count,
      onBackgroundError,
      onCancelled,
    });
  }

  const link = await BrokerLink.connect<Session>({
    url,
    clock,
    signal,
    onLost: onBackgroundError,
    open,
    onOpen(session) {
      // It fails with its connection, and the next one subscribes.
      if (handle !== null) hand(handle, session).catch(onBackgroundError);
    },
  });

  return {
    counters,
    async publish(change) {
      if (link.session === null) throw new QueueError('unreachable');
      await link.session.publisher.publish(change);
    },
    async consume(work) {
      handle = work;
      if (link.session !== null) await hand(work, link.session);
    },
    async waiting() {
      const asking = link.session?.asking;
      if (asking === undefined) throw new QueueError('unreachable');
      try {
        const all = await Promise.all(topology.queues.map((queue) => asking.checkQueue(queue)));
        return all.reduce((sum, { messageCount }) => sum + messageCount, 0);
      } catch (cause) {
        throw new QueueError('unreachable', cause);
      }
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

/** The connection ends with its channel: one that the broker closed is made anew with all that belongs to it. */
function ended<C extends Channel>(channel: C, model: ChannelModel): C {
  channel.on('error', () => undefined);
  channel.once('close', () => void model.close().catch(() => undefined));
  return channel;
}
