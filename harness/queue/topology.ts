import type { Channel } from 'amqplib';
import type { QueueShape } from '../../scenarios/strategies/relay.ts';

/** What the names of queues and exchanges begin with, on a broker of the run's own. */
export const QUEUE_PREFIX = 'cachestorm.';
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

export function topologyOf({ order, consumers }: QueueShape, prefix: string): Topology {
  const queue = `${prefix}changes`;
  if (order !== 'by-key') {
    return { queues: [queue], exchange: '', routingKey: () => queue, queueOf: () => queue };
  }
  const queueOf = (consumer: number) => `${queue}.${consumer}`;
  return {
    queues: Array.from({ length: consumers }, (_, consumer) => queueOf(consumer)),
    // Of a broker's plugin; the others are built in.
    exchange: `${queue}.by-key`,
    routingKey: (key) => key,
    queueOf,
  };
}

/** Makes what is not there yet. Publishers and consumers both do, so that none has to wait for the other. */
export async function declare(
  channel: Channel,
  shape: QueueShape,
  { queues, exchange }: Topology,
): Promise<void> {
  for (const queue of queues) {
    await channel.assertQueue(queue, {
      durable: shape.durable,
      // No exchange: what a consumer rejects would go where a policy of the broker's owner sends it.
      deadLetterExchange: `${queue}.nowhere`,
      ...(shape.order === 'single-active' ? { arguments: { 'x-single-active-consumer': true } } : {}),
    });
  }
  if (exchange === '') return;
  await channel.assertExchange(exchange, 'x-consistent-hash', { durable: true });
  for (const queue of queues) await channel.bindQueue(queue, exchange, RING_POINTS);
}
