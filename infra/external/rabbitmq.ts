import { systemClock } from '../../harness/time/clock.ts';
import { AddressError } from '../address/address-error.ts';
import { tlsOptions } from '../address/tls-options.ts';
import type { Backend, Finding, Needs, StartContext, StartedBackend } from '../backend.ts';
import { BackendControlError, BackendStoppedError, UnfitServersError } from '../errors.ts';
import { type Attempt, connectFailure } from './connect-failure.ts';
import { secretsIn } from './credentials.ts';
import { type Grip, type Held, Hold, NotYetError } from './hold.ts';
import { connectBroker } from './rabbitmq/connection.ts';
import { type BrokerPlace, examineBroker, factsOf, takenBy } from './rabbitmq/examine.ts';
import { holdQueue } from './rabbitmq/grip.ts';
import { dismantle, readMarker, removeOwn, writeMarker } from './rabbitmq/possession.ts';
import { type BrokerRemains, remove } from './rabbitmq/removal.ts';
import { reachAny } from './reach.ts';
import { settingUp } from './setting-up.ts';

export interface ExternalRabbitmqOptions {
  /** See `amqpAddress`. */
  readonly url: string;
  /** Of the names of queues and exchanges. @default `cachestorm.` */
  readonly prefix?: string | undefined;
  readonly needs: Needs;
}

const PREFIX = 'cachestorm.';
const REMOVAL = new URL('./rabbitmq/removal.ts', import.meta.url).href;

/**
 * The user's own RabbitMQ, of which a run uses the queues and the exchange of one prefix in the vhost of the address:
 * none may be there when it starts, and none is when it ends.
 *
 * @throws AddressError
 */
export function externalRabbitmq({ url: text, prefix = PREFIX, needs }: ExternalRabbitmqOptions): Backend {
  const url = parseBrokerAddress(text);
  const tls = url.protocol === 'amqps:';
  if (tls) tlsOptions(url.searchParams);
  const port = Number(url.port || (tls ? 5671 : 5672));
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
    vhost: decodeURIComponent(url.pathname.slice(1)) || '/',
    needs,
  };

  async function examine(): Promise<readonly Finding[]> {
    await using connections = new AsyncDisposableStack();
    const connect = async () =>
      connections.adopt(await connectBroker(url.href), (model) => model.close().catch(() => undefined));
    try {
      await reachAny([{ host, port }]);
      return await examineBroker(await connect(), await connect(), place);
    } catch (error) {
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
      const remains = { url: url.href, prefix, runId: context.runId };
      return settingUp(place.server, secretsIn([text]), context.signal, () => claim(remains, place, context));
    },
  };
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

/** Takes possession of the names, over what a dead run has left there. */
async function claim(
  remains: BrokerRemains,
  place: BrokerPlace,
  context: StartContext,
): Promise<StartedBackend> {
  const { url, prefix, runId } = remains;
  await using starting = new AsyncDisposableStack();
  const grip = starting.use(await holdQueue(url, prefix));
  const { model } = grip;
  if (!grip.held) throw new UnfitServersError([takenBy(place, await readMarker(model, prefix))]);
  const released = context.onRemains({ module: REMOVAL, data: remains });
  starting.defer(async () => {
    // Whoever removes has to have it.
    await grip[Symbol.asyncDispose]();
    await remove(remains);
    released();
  });
  if ((await readMarker(model, prefix)) !== null) await dismantle(model, prefix);
  await writeMarker(model, prefix, { runId, startedAt: new Date(systemClock.wallMs()).toISOString() });
  const hold = starting.use(
    new Hold(grip, {
      clock: systemClock,
      server: place.server,
      what: `the queues ${prefix}*`,
      take: () => holdAgain(remains, place),
      explain: (error) => connectFailure(place.attempt, error),
      onLost: context.onLost,
    }),
  );
  return new ExternalRabbitmq(remains, factsOf(model), { hold, cleanUp: starting.move() });
}

/** @throws UnfitServersError when the names are no longer this run's */
async function holdAgain({ url, prefix, runId }: BrokerRemains, place: BrokerPlace): Promise<Grip> {
  await using taking = new AsyncDisposableStack();
  const grip = taking.use(await holdQueue(url, prefix));
  const marker = await readMarker(grip.model, prefix);
  if (marker !== null && marker.runId !== runId) throw new UnfitServersError([takenBy(place, marker)]);
  // A queue is not found, either, while its node boots.
  if (marker === null) throw new NotYetError('its queue is not there');
  // Of the connection that was lost, if the broker does not know that yet; or of another run, which will change the marker.
  if (!grip.held) throw new NotYetError('its queue is taken');
  taking.move();
  return grip;
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
    { url, prefix }: BrokerRemains,
    { product, version }: ReturnType<typeof factsOf>,
    { hold, cleanUp }: Held,
  ) {
    this.product = product;
    this.version = version;
    this.prefix = prefix;
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
    const model = await connectBroker(this.#url);
    try {
      await removeOwn(model, this.prefix);
    } finally {
      await model.close().catch(() => undefined);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#cleanUp.disposeAsync();
    return this.#disposal;
  }

  async #refuse(action: string): Promise<never> {
    throw new BackendControlError(this.product, action);
  }
}
