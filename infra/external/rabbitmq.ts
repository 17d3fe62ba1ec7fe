import { systemClock } from '../../harness/time/clock.ts';
import { AddressError } from '../address/address-error.ts';
import { tlsOptions } from '../address/tls-options.ts';
import type { Backend, Finding, Needs, StartContext, StartedBackend } from '../backend.ts';
import { BackendControlError, BackendStoppedError, UnfitServersError } from '../errors.ts';
import { type Attempt, connectFailure } from './connect-failure.ts';
import { secretsIn } from './credentials.ts';
import { type Held, Hold } from './hold.ts';
import { AlarmError, alarmFinding, asFinding } from './rabbitmq/alarm.ts';
import { connectBroker } from './rabbitmq/connection.ts';
import { type BrokerPlace, examineBroker, factsOf } from './rabbitmq/examine.ts';
import { type BrokerLease, holdConnection } from './rabbitmq/lease.ts';
import { examinePolicies } from './rabbitmq/policies.ts';
import { ownPrefix, removeQueues } from './rabbitmq/possession.ts';
import { type BrokerRemains, remove } from './rabbitmq/removal.ts';
import { examineRoom } from './rabbitmq/room.ts';
import { reachAny } from './reach.ts';
import { settingUp } from './setting-up.ts';
import { newToken } from './token.ts';

export interface ExternalRabbitmqOptions {
  /** See `amqpAddress`. */
  readonly url: string;
  /** Of the names of queues and exchanges. @default `cachestorm.` */
  readonly prefix?: string | undefined;
  readonly needs: Needs;
  /** @default one that only this backend knows */
  readonly token?: string | undefined;
}

export const QUEUE_PREFIX = 'cachestorm.';
const REMOVAL = new URL('./rabbitmq/removal.ts', import.meta.url).href;

/**
 * The user's own RabbitMQ, of which a run uses queues and an exchange in the vhost of the address that nobody else can
 * have: there is its token in their names. None is left when it ends.
 *
 * @throws AddressError
 */
export function externalRabbitmq(options: ExternalRabbitmqOptions): Backend {
  const { url: text, prefix = QUEUE_PREFIX, needs, token = newToken() } = options;
  const url = parseBrokerAddress(text);
  const tls = url.protocol === 'amqps:';
  if (tls) tlsOptions(url.searchParams);
  const port = portOf(url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const attempt: Attempt = {
    variable: 'AMQP_URL',
    at: `${url.hostname}:${port}`,
    product: 'a RabbitMQ',
    tls,
    schemes: { plain: 'amqp://', tls: 'amqps://' },
  };
  const place: BrokerPlace = {
    attempt,
    server: `${attempt.variable} (${attempt.at})`,
    prefix,
    user: decodeURIComponent(url.username) || 'guest',
    vhost: vhostOf(url),
    needs,
  };

  async function examine(): Promise<readonly Finding[]> {
    await using connections = new AsyncDisposableStack();
    const connect = async () =>
      connections.adopt(await connectBroker(url.href), (model) => model.close().catch(() => undefined));
    try {
      await reachAny([{ host, port }]);
      const model = await connect();
      const cramped = await examineRoom(() => connectBroker(url.href), place);
      return cramped.length > 0 ? cramped : await examineBroker(model, await connect(), place);
    } catch (error) {
      if (error instanceof AlarmError) return [alarmFinding(place.server, error)];
      return [vhostFailure(place, error) ?? connectFailure(attempt, error)];
    }
  }

  return {
    kind: 'rabbitmq',
    examine,
    async start(context) {
      const findings = await examine();
      if (findings.length > 0) throw new UnfitServersError(findings);
      context.signal.throwIfAborted();
      const remains = { url: url.href, own: ownPrefix(prefix, token) };
      return settingUp(place.server, secretsIn([text]), context.signal, () => claim(remains, place, context));
    },
  };
}

/** Which broker and vhost an address names: `host:port/vhost`; `null`: it is no address of a broker. */
export function brokerAt(text: string): string | null {
  try {
    const url = parseBrokerAddress(text);
    return `${url.hostname}:${portOf(url)}/${vhostOf(url)}`;
  } catch (error) {
    if (error instanceof AddressError) return null;
    throw error;
  }
}

function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === 'amqps:' ? 5671 : 5672));
}

function vhostOf({ pathname }: URL): string {
  return decodeURIComponent(pathname.slice(1)) || '/';
}

function parseBrokerAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^amqps?:$/.test(url.protocol) || url.hostname === '')
    throw new AddressError(
      'expected amqp:// or amqps:// with a host, such as amqp://user:password@host:5672/vhost',
    );
  try {
    for (const part of [url.username, url.password, url.pathname]) decodeURIComponent(part);
  } catch {
    throw new AddressError('a % that encodes nothing: write it as %25');
  }
  // Without a path it is the vhost /, which some clients take for one without a name.
  if (url.pathname === '' || url.pathname === '/') url.pathname = '/%2F';
  return url;
}

function vhostFailure({ server, vhost, user }: BrokerPlace, error: unknown): Finding | null {
  // amqplib's words when the broker has let the user in and then closes: it does not say why.
  if (!(error instanceof Error) || !/ConnectionOpenOk; got <ConnectionClose/.test(error.message)) return null;
  return {
    server,
    what: `the vhost ${vhost}`,
    expected: `one that ${user} may use`,
    got: 'a refusal',
    mend: `rabbitmqctl add_vhost '${vhost}' && rabbitmqctl set_permissions -p '${vhost}' '${user}' '.*' '.*' '.*'`,
  };
}

/** Looks whether queues of the run's own keep their messages, and stays connected for as long as the run takes. */
async function claim(
  remains: BrokerRemains,
  place: BrokerPlace,
  context: StartContext,
): Promise<StartedBackend> {
  const { url, own } = remains;
  const { server } = place;
  await using starting = new AsyncDisposableStack();
  const released = context.onRemains({ module: REMOVAL, data: remains });
  starting.defer(async () => {
    await remove(remains);
    released();
  });
  const take = (): Promise<BrokerLease> => holdConnection(url, own).catch(asFinding(server));
  const lease = starting.use(await take());
  const dropping = await examinePolicies(lease.model, place, own);
  if (dropping.length > 0) throw new UnfitServersError(dropping);
  const hold = starting.use(
    new Hold(lease, {
      clock: systemClock,
      server,
      what: `the queues ${own}*`,
      take,
      explain: (error) => connectFailure(place.attempt, error),
      onLost: context.onLost,
    }),
  );
  return new ExternalRabbitmq(remains, factsOf(lease.model), { hold, cleanUp: starting.move() });
}

class ExternalRabbitmq implements StartedBackend {
  readonly kind = 'rabbitmq';
  readonly product: string;
  readonly version: string;
  readonly prefix: string;
  readonly #url: string;
  readonly #hold: Hold;
  readonly #cleanUp: AsyncDisposableStack;
  #disposal: Promise<void> | undefined;

  constructor(
    { url, own }: BrokerRemains,
    { product, version }: ReturnType<typeof factsOf>,
    { hold, cleanUp }: Held,
  ) {
    this.product = product;
    this.version = version;
    this.prefix = own;
    this.#url = url;
    this.#hold = hold;
    this.#cleanUp = cleanUp;
  }

  url(): string {
    return this.#url;
  }

  kill = () => this.#refuse('kill');
  pause = () => this.#refuse('pause');
  resume = () => this.#refuse('resume');
  restart = () => this.#refuse('restart');

  confirm(): Promise<void> {
    return this.#hold.confirm();
  }

  /** Deletes the queues and the exchange of the run, and no others. */
  async flush(): Promise<void> {
    if (this.#disposal !== undefined) throw new BackendStoppedError(this.product, 'flush');
    await this.confirm();
    await removeQueues(this.#url, this.prefix);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#cleanUp.disposeAsync();
    return this.#disposal;
  }

  async #refuse(action: string): Promise<never> {
    throw new BackendControlError(this.product, action);
  }
}
