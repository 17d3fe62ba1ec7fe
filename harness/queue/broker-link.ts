import { type ChannelModel, connect } from 'amqplib';
import { amqpAddress } from '../../infra/address/amqp-address.ts';
import type { Clock } from '../time/clock.ts';
import { QueueError } from './queue-error.ts';

/** A silent broker is given up after two of them. */
const HEARTBEAT_SEC = 5;
const CONNECT_MS = 5_000;
/** How long a process that starts may wait for its broker. */
const START_MS = 20_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

export interface LinkOptions<Session> {
  readonly url: string;
  readonly clock: Clock;
  /** Aborted: it comes back no more. */
  readonly signal: AbortSignal;
  /** Makes what works on a new connection: channels, queues, subscriptions. When it rejects, the next is tried. */
  readonly open: (model: ChannelModel) => Promise<Session>;
  /** Told of each session, once it is the link's. */
  readonly onOpen: (session: Session) => void;
  /** Told why a connection was lost, or could not be made. */
  readonly onLost: (cause: unknown) => void;
}

/**
 * A connection to the broker that comes back when it is lost: after 50 ms, then twice as long each time, up to 1 s.
 *
 * Not amqplib's own `recovery`: that holds back whatever is asked for meanwhile until it has a connection again, so an
 * outage would show as latency. Here nothing waits: while there is no connection there is no session.
 */
export class BrokerLink<Session> implements AsyncDisposable {
  readonly #options: LinkOptions<Session>;
  readonly #ended = new AbortController();
  #model: ChannelModel | null = null;
  #session: Session | null = null;
  #kept: Promise<void> = Promise.resolve();

  private constructor(options: LinkOptions<Session>) {
    this.#options = options;
  }

  /** @throws QueueError (`unreachable`) when there is no connection within 20 s, or the signal's reason */
  static async connect<Session>(options: LinkOptions<Session>): Promise<BrokerLink<Session>> {
    const { clock, signal } = options;
    let last: unknown;
    const onLost = (cause: unknown) => {
      last = cause;
      options.onLost(cause);
    };
    const link = new BrokerLink({ ...options, onLost });
    const first = Promise.withResolvers<void>();
    link.#kept = link.#keep(first.resolve);
    const decided = new AbortController();
    const tooLate = clock.sleep(START_MS, AbortSignal.any([signal, decided.signal])).then(() => {
      throw new QueueError('unreachable', last);
    });
    try {
      await Promise.race([first.promise, tooLate]);
      return link;
    } catch (error) {
      await link[Symbol.asyncDispose]();
      throw error;
    } finally {
      tooLate.catch(() => undefined);
      decided.abort();
    }
  }

  /** `null` while there is no connection. */
  get session(): Session | null {
    return this.#session;
  }

  /** Gives up the connection, as if it had been lost. */
  drop(): void {
    this.#model?.close().catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    this.drop();
    await this.#kept;
  }

  async #keep(onFirst: () => void): Promise<void> {
    const { clock, signal, onLost } = this.#options;
    const over = AbortSignal.any([signal, this.#ended.signal]);
    let pauseMs = FIRST_PAUSE_MS;
    while (!over.aborted) {
      try {
        await this.#connected(() => {
          pauseMs = FIRST_PAUSE_MS;
          onFirst();
        });
      } catch (cause) {
        if (!over.aborted) onLost(cause);
      }
      await clock.sleep(pauseMs, over).catch(() => undefined);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  /** Connects, and rejects once the connection is lost. */
  async #connected(onFirst: () => void): Promise<void> {
    const { url, open, onOpen, signal } = this.#options;
    const lost = Promise.withResolvers<never>();
    lost.promise.catch(() => undefined);
    const address = amqpAddress(url, HEARTBEAT_SEC);
    const options = { ...address.socketOptions, noDelay: true, timeout: CONNECT_MS };
    const model = await connect(address.url, options);
    const onAbort = () => this.drop();
    model.on('error', (cause) => lost.reject(cause));
    model.once('close', () => lost.reject(new Error('the connection to the broker was closed')));
    this.#model = model;
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      if (signal.aborted || this.#ended.signal.aborted) this.drop();
      const opening = open(model);
      opening.catch(() => undefined);
      const session = await Promise.race([opening, lost.promise]);
      this.#session = session;
      onFirst();
      onOpen(session);
      await lost.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#session = null;
      this.#model = null;
      model.close().catch(() => undefined);
    }
  }
}
