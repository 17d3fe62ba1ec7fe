import type { ChannelModel } from 'amqplib';
import { amqpAddress } from '../../address/amqp-address.ts';

const CONNECT_MS = 5_000;
const HEARTBEAT_SEC = 10;

export async function connectBroker(url: string): Promise<ChannelModel> {
  // Loaded on first use: a run on a broker of its own, or without one, does without.
  const { connect } = await import('amqplib');
  const address = amqpAddress(url, HEARTBEAT_SEC);
  const model = await connect(address.url, { ...address.socketOptions, timeout: CONNECT_MS });
  // Without a listener a lost connection ends the process; the next question reports it.
  model.on('error', () => undefined);
  return model;
}
