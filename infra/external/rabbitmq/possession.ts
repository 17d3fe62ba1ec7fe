import type { Channel, ChannelModel } from 'amqplib';
import { within } from '../within.ts';
import { connectBroker } from './connection.ts';

const CLOSE_MS = 2_000;

/**
 * What the names of all that a run has on a broker begin with. Nobody else has such a name, so nothing has to be looked
 * at to know whose it is; a run that has lost the token (its schema's marker has it) can't find them.
 */
export function ownPrefix(prefix: string, token: string): string {
  return `${prefix}${token}.`;
}

/** The names that a run uses. AMQP can't list what there is, so all of them are known beforehand. */
export function namesOf(own: string) {
  const changes = `${own}changes`;
  return {
    queue: changes,
    queueOf: (consumer: number) => `${changes}.${consumer}`,
    exchange: `${changes}.by-key`,
  };
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
    throw error;
  }
}

async function queueExists(model: ChannelModel, name: string): Promise<boolean> {
  return exists(model, (channel) => channel.checkQueue(name));
}

/** Queues and exchanges of a run that are there, in the order in which they are made. */
export async function found(
  model: ChannelModel,
  own: string,
): Promise<{ queues: string[]; exchanges: string[] }> {
  const { queue, queueOf, exchange } = namesOf(own);
  const queues = (await queueExists(model, queue)) ? [queue] : [];
  for (let n = 0; await queueExists(model, queueOf(n)); n++) queues.push(queueOf(n));
  const hasExchange = await exists(model, (channel) => channel.checkExchange(exchange));
  return { queues, exchanges: hasExchange ? [exchange] : [] };
}

/** Deletes the queues and the exchange of a run, whatever is in them. */
export async function removeOwn(model: ChannelModel, own: string): Promise<void> {
  const { queues, exchanges } = await found(model, own);
  await onChannel(model, async (channel) => {
    for (const exchange of exchanges) await channel.deleteExchange(exchange);
    // The last first: what is found ends with the first that is missing.
    for (const queue of queues.toReversed()) await channel.deleteQueue(queue);
  });
}

/** Likewise, on a connection of its own. */
export async function removeQueues(url: string, own: string): Promise<void> {
  const model = await connectBroker(url);
  try {
    await removeOwn(model, own);
  } finally {
    await within(CLOSE_MS, model.close()).catch(() => undefined);
  }
}
