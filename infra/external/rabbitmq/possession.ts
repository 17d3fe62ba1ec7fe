import { setTimeout as delay } from 'node:timers/promises';
import type { Channel, ChannelModel } from 'amqplib';
import { within } from '../within.ts';

const CLOSE_MS = 2_000;
const LOOKS = 10;
const BETWEEN_LOOKS_MS = 50;

/**
 * The names that a run uses on a broker. AMQP can't list what there is, so all of them are known beforehand:
 *
 * ```
 * changes, changes.0, changes.1 ...   queues
 * changes.by-key                      exchange
 * run                                 queue with one message, which says whose all of this is
 * alive                               queue that the broker deletes with the connection of the run
 * ```
 */
export function namesOf(prefix: string) {
  const changes = `${prefix}changes`;
  return {
    queue: changes,
    queueOf: (consumer: number) => `${changes}.${consumer}`,
    exchange: `${changes}.by-key`,
    marker: `${prefix}run`,
    alive: `${prefix}alive`,
  };
}

export interface Marker {
  readonly runId: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** A channel for one question: the broker closes it with the first answer that it does not like. */
export async function onChannel<T>(model: ChannelModel, use: (channel: Channel) => Promise<T>): Promise<T> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined);
  try {
    return await use(channel);
  } finally {
    // Where the connection is cut meanwhile, nobody answers.
    await within(CLOSE_MS, channel.close()).catch(() => undefined);
  }
}

/** AMQP's number of a refusal, such as 404; `null`: it is none. */
export function replyCode(error: unknown): number | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : null;
}

async function exists(model: ChannelModel, check: (channel: Channel) => Promise<unknown>): Promise<boolean> {
  try {
    await onChannel(model, check);
    return true;
  } catch (error) {
    if (replyCode(error) === 404) return false;
    // 405: it is another connection's.
    if (replyCode(error) === 405) return true;
    throw error;
  }
}

export async function queueExists(model: ChannelModel, name: string): Promise<boolean> {
  return exists(model, (channel) => channel.checkQueue(name));
}

/** Queues and exchanges of ours that are there, in the order in which they are made; but for marker and sign of life. */
export async function found(
  model: ChannelModel,
  prefix: string,
): Promise<{ queues: string[]; exchanges: string[] }> {
  const { queue, queueOf, exchange } = namesOf(prefix);
  const queues = (await queueExists(model, queue)) ? [queue] : [];
  for (let n = 0; await queueExists(model, queueOf(n)); n++) queues.push(queueOf(n));
  const hasExchange = await exists(model, (channel) => channel.checkExchange(exchange));
  return { queues, exchanges: hasExchange ? [exchange] : [] };
}

export async function isAlive(model: ChannelModel, prefix: string): Promise<boolean> {
  return queueExists(model, namesOf(prefix).alive);
}

/** `null`: there is no such queue, or none of ours. */
export async function readMarker(model: ChannelModel, prefix: string): Promise<Marker | null> {
  const { marker } = namesOf(prefix);
  if (!(await queueExists(model, marker))) return null;
  return onChannel(model, async (channel) => {
    let message = await channel.get(marker);
    // For the moment in which another reads it, it is not there.
    for (let look = 1; message === false && look < LOOKS; look++) {
      await delay(BETWEEN_LOOKS_MS);
      message = await channel.get(marker);
    }
    if (message === false) return null;
    channel.nack(message);
    try {
      const { runId, startedAt } = JSON.parse(message.content.toString()) as Partial<Marker>;
      return typeof runId === 'string' && typeof startedAt === 'string' ? { runId, startedAt } : null;
    } catch {
      return null;
    }
  });
}

export async function writeMarker(model: ChannelModel, prefix: string, marker: Marker): Promise<void> {
  const { marker: queue } = namesOf(prefix);
  const channel = await model.createConfirmChannel();
  channel.on('error', () => undefined);
  await channel.assertQueue(queue, { durable: true });
  channel.sendToQueue(queue, Buffer.from(JSON.stringify(marker)), { persistent: true });
  await channel.waitForConfirms();
  await channel.close();
}

/** Deletes the queues and the exchange of ours, whatever is in them. */
export async function removeOwn(model: ChannelModel, prefix: string): Promise<void> {
  const { queues, exchanges } = await found(model, prefix);
  await onChannel(model, async (channel) => {
    for (const exchange of exchanges) await channel.deleteExchange(exchange);
    // The last first: what is found ends with the first that is missing.
    for (const queue of queues.toReversed()) await channel.deleteQueue(queue);
  });
}

/** Likewise, and then the marker: as long as anything is left, another run can tell whose it was. */
export async function dismantle(model: ChannelModel, prefix: string): Promise<void> {
  await removeOwn(model, prefix);
  await onChannel(model, (channel) => channel.deleteQueue(namesOf(prefix).marker));
}
