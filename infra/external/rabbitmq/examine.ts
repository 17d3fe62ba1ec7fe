import type { Channel, ChannelModel } from 'amqplib';
import type { Finding, Needs } from '../../backend.ts';
import type { Attempt } from '../connect-failure.ts';
import {
  found,
  isAlive,
  type Marker,
  namesOf,
  onChannel,
  queueExists,
  readMarker,
  replyCode,
} from './possession.ts';

export interface BrokerPlace {
  readonly attempt: Attempt;
  readonly server: string;
  readonly prefix: string;
  readonly user: string;
  readonly vhost: string;
  readonly needs: Needs;
}

const HASH_TYPE = 'x-consistent-hash';
/** Of every broker, in every vhost. */
const BUILT_IN_EXCHANGE = 'amq.direct';
const OLDEST = [3, 8];

/**
 * What keeps a run from using this broker. Makes nothing: permissions show in what is asked of queues that are not
 * there, and the plugin in the way in which an exchange of another type is refused that has always been there.
 *
 * @param another a connection that may be lost by the question
 */
export async function examineBroker(
  model: ChannelModel,
  another: ChannelModel,
  place: BrokerPlace,
): Promise<Finding[]> {
  const { server, needs } = place;
  const findings: Finding[] = [];
  const { version } = factsOf(model);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < (OLDEST[0] ?? 0) || (major === OLDEST[0] && minor < (OLDEST[1] ?? 0)))
    findings.push({
      ...{ server, what: 'the version', expected: `RabbitMQ ${OLDEST.join('.')} or newer`, got: version },
      mend: 'Use a newer server.',
    });
  if (needs.hashExchange && !(await hasHashExchange(another)))
    findings.push({
      server,
      what: 'its exchanges',
      expected: `the type ${HASH_TYPE}`,
      got: 'no such type',
      mend: 'rabbitmq-plugins enable rabbitmq_consistent_hash_exchange',
    });
  const rights = await examineRights(model, place);
  findings.push(...rights);
  if (rights.length === 0) findings.push(...(await examineNames(model, place)));
  return findings;
}

export function factsOf({ connection }: ChannelModel): { product: string; version: string } {
  const { product, version } = connection.serverProperties;
  return { product: String(product).toLowerCase(), version: String(version) };
}

/** The type is looked at first, and the connection closed if there is none. */
async function hasHashExchange(model: ChannelModel): Promise<boolean> {
  const refused = new Promise<unknown>((resolve) => model.once('error', resolve));
  try {
    await onChannel(model, (channel) => channel.assertExchange(BUILT_IN_EXCHANGE, HASH_TYPE));
  } catch (error) {
    if (replyCode(error) !== null) return true;
    return replyCode(await refused) !== 503;
  }
  return true;
}

async function examineRights(model: ChannelModel, place: BrokerPlace): Promise<Finding[]> {
  const { server, prefix, user, vhost } = place;
  const nothing = `${prefix}nothing`;
  const tries: [string, (channel: Channel) => Promise<unknown>][] = [
    ['configure', (channel) => channel.deleteQueue(nothing)],
    ['write', (channel) => publishNowhere(channel, nothing)],
    ['read', (channel) => channel.purgeQueue(nothing)],
  ];
  const refused: string[] = [];
  for (const [right, attempt] of tries) {
    const code = await onChannel(model, attempt).then(() => null, replyCode);
    if (code === 403) refused.push(right);
  }
  if (refused.length === 0) return [];
  const own = `^${prefix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
  const write = `^(${own.slice(1)}|amq\\.default$)`;
  return [
    {
      server,
      what: `the rights of ${user}`,
      expected: `to ${refused.join(', ')} what begins with ${prefix}`,
      got: 'a refusal (ACCESS_REFUSED)',
      mend: `rabbitmqctl set_permissions -p '${vhost}' '${user}' '${own}' '${write}' '${own}'`,
    },
  ];
}

/** To a queue that is not there, by the exchange that leads to all queues: the message comes back. */
async function publishNowhere(channel: Channel, queue: string): Promise<void> {
  const refusal = new Promise<never>((_resolve, reject) => channel.once('error', reject));
  refusal.catch(() => undefined);
  const returned = new Promise<void>((resolve) => channel.once('return', () => resolve()));
  channel.publish('', queue, Buffer.alloc(0), { mandatory: true });
  await Promise.race([returned, refusal]);
}

async function examineNames(model: ChannelModel, place: BrokerPlace): Promise<Finding[]> {
  const { server, prefix, vhost } = place;
  const marker = await readMarker(model, prefix);
  if (await isAlive(model, prefix)) return [takenBy(place, marker)];
  if (marker !== null) return [];
  const { queues, exchanges } = await found(model, prefix);
  const { marker: markerQueue } = namesOf(prefix);
  const names = [...queues, ...exchanges, ...((await queueExists(model, markerQueue)) ? [markerQueue] : [])];
  if (names.length === 0) return [];
  return [
    {
      server,
      what: `the vhost ${vhost}`,
      expected: `no queue or exchange that begins with ${prefix}`,
      got: `${names.length} of somebody else, such as ${names[0]}`,
      mend: 'Use another vhost (/name at the end of the address), or a --key-prefix of your own.',
    },
  ];
}

export function takenBy({ server, prefix }: BrokerPlace, marker: Marker | null): Finding {
  return {
    server,
    what: `the queues ${prefix}*`,
    expected: 'nobody who uses them',
    got: marker === null ? 'another run' : `run ${marker.runId}, under way since ${marker.startedAt}`,
    mend: 'Wait for its end, or use another vhost or --key-prefix.',
  };
}
