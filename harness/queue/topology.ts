import type { Channel } from 'amqplib';
import type { QueueShape } from '../../scenarios/strategies/relay.ts';

const QUEUE = 'cachestorm.changes';
/** Of a broker's plugin; the others are built in. */
const HASH_EXCHANGE = 'cachestorm.changes.by-key';
/** Points of each queue on the hash's ring: with few, some queue would get far more keys than another. */
const RING_POINTS = '20';

/**
 * The queues of a shape.
 *
 * ```
 * none           ---- changes ---- consumers, whoever is free
 * single-active  ---- changes ---- one consumer; the others stand by
 * by-key         ---- hash of the key ---- changes.0 ---- consumer 0
 *                                     ---- changes.1 ---- consumer 1
 * ```
 */
export interface Topology {
  readonly queues: readonly string[];
  /** Where messages are published; empty: straight to the queue that the routing key names. */
  readonly exchange: string;
  routingKey(key: string): string;
  /** The queue of one of the consumers, counted from 0. */
  queueOf(consumer: number): string;
}

export function topologyOf({ order, consumers }: QueueShape): Topology {
  if (order !== 'by-key') {
    return { queues: [QUEUE], exchange: '', routingKey: () => QUEUE, queueOf: () => QUEUE };
  }
  const queueOf = (consumer: number) => `${QUEUE}.${consumer}`;
  return {
    queues: Array.from({ length: consumers }, (_, consumer) => queueOf(consumer)),
    exchange: HASH_EXCHANGE,
    routingKey: (key) => key,
    queueOf,
  };
}

/** Makes what is not there yet. Publishers and consumers both do, so that none has to wait for the other. */
export async function declare(channel: Channel, shape: QueueShape): Promise<void> {
  const { queues, exchange } = topologyOf(shape);
  for (const queue of queues) {
    await channel.assertQueue(queue, {
      durable: shape.durable,
      ...(shape.order === 'single-active' ? { arguments: { 'x-single-active-consumer': true } } : {}),
    });
  }
  if (exchange === '') return;
  await channel.assertExchange(exchange, 'x-consistent-hash', { durable: true });
  for (const queue of queues) await channel.bindQueue(queue, exchange, RING_POINTS);
}
