import type { ChannelModel } from 'amqplib';
import type { Finding, Needs } from '../../backend.ts';
import type { Attempt } from '../connect-failure.ts';
import { newToken } from '../token.ts';
import { askToPublish } from './alarm.ts';
import { onChannel, ownPrefix, replyCode } from './possession.ts';

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
 * Finds what keeps a run from using this broker. Makes nothing: permissions show in what is asked of a queue that is not there,
 * with 128 random bits in its name; and the plugin in the way in which an exchange of another type is refused that has
 * always been there.
 *
 * @param another a connection that may be lost by the question
 * @throws AlarmError
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
  findings.push(...(await examineRights(model, place)));
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
  const nothing = `${ownPrefix(prefix, newToken())}nothing`;
  const tries: [string, () => Promise<unknown>][] = [
    ['configure', () => onChannel(model, (channel) => channel.deleteQueue(nothing))],
    ['write', () => askToPublish(model, nothing)],
    ['read', () => onChannel(model, (channel) => channel.purgeQueue(nothing))],
  ];
  const refused: string[] = [];
  for (const [right, attempt] of tries) {
    try {
      await attempt();
    } catch (error) {
      if (replyCode(error) === 403) refused.push(right);
      else if (replyCode(error) === null) throw error;
    }
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
