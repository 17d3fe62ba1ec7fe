import type { ConfirmChannel } from 'amqplib';
import type { RowChange } from '../../scenarios/strategies/relay.ts';
import type { Count } from './counters.ts';
import { encodeMessage } from './message.ts';
import { QueueError } from './queue-error.ts';
import type { Topology } from './topology.ts';

/** How long the broker may take to confirm a message, like a command to Redis. */
const DEADLINE_MS = 2_000;

/** Publishes on a channel with confirms, as long as that is open. */
export class Publisher {
  readonly #channel: ConfirmChannel;
  readonly #topology: Topology;
  readonly #persistent: boolean;
  readonly #count: Count;
  /** Messages that came back; the broker says so before it confirms them. */
  readonly #returned = new Set<string>();
  #lastId = 0;

  /** @param persistent whether messages are to outlive the broker's restart */
  constructor(channel: ConfirmChannel, topology: Topology, persistent: boolean, count: Count) {
    this.#channel = channel;
    this.#topology = topology;
    this.#persistent = persistent;
    this.#count = count;
    // A confirm proves that the broker has it, not that it has a queue for it.
    channel.on('return', ({ properties }) => this.#returned.add(properties.messageId));
  }

  /**
   * Resolves once the broker has it in a queue.
   *
   * @throws QueueError
   */
  publish(change: RowChange): Promise<void> {
    const messageId = String(++this.#lastId);
    const { exchange, routingKey } = this.#topology;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new QueueError('timeout')), DEADLINE_MS);
      const onAnswer = (error: unknown) => {
        clearTimeout(timer);
        if (this.#returned.delete(messageId)) return reject(new QueueError('unroutable'));
        if (error !== null) return reject(failureOf(error));
        this.#count('confirmed');
        resolve();
      };
      const options = { mandatory: true, persistent: this.#persistent, messageId };
      try {
        this.#channel.publish(exchange, routingKey(change.key), encodeMessage(change), options, onAnswer);
        this.#count('published');
      } catch (cause) {
        // It is closed, and nobody has seen that yet.
        clearTimeout(timer);
        reject(new QueueError('unreachable', cause));
      }
    });
  }
}

/** amqplib tells its two failures apart by their words only. */
function failureOf(error: unknown): QueueError {
  const refused = error instanceof Error && error.message === 'message nacked';
  return new QueueError(refused ? 'refused' : 'lost', error);
}
