import type { Dispatcher } from 'undici';
import { Client } from 'undici';
import { WriteIdScanner } from '../record/history/write-ids.ts';
import { Fifo, type Flight } from './flight.ts';

/** What a target tells of its flights, each at most once per flight, and never after an abort. */
export interface FlightEvents {
  /** The request was written to its connection. */
  onSent(flight: Flight): void;
  /** The complete answer is there. */
  onAnswer(flight: Flight): void;
  /** The connection broke, or could not be made. */
  onFailure(flight: Flight, code: string): void;
}

export interface TargetOptions {
  /** Base URL, e.g. `http://127.0.0.1:4001`. */
  readonly url: string;
  readonly maxConnections: number;
  /** Bounds how long a connection attempt may hold its place. */
  readonly timeoutMs: number;
  /** Whether a connection serves more than one request. @default true */
  readonly keepAlive?: boolean;
  /** Whether to find out whose value each answer has. @default false */
  readonly findWriteIds?: boolean;
}

/**
 * The connections to one service instance, one request on each at a time, and the queue of flights that wait
 * for a free one.
 *
 * A `Client` per connection instead of undici's `Pool`, for two reasons. A request in a pool's queue cannot be
 * withdrawn: after an outage the pool would send thousands whose deadline is past, and aborting one costs a
 * connection. And for each request a pool looks through all its clients for a free one.
 *
 * ```
 * send ----free----> Connection (undici Client, one socket) --> onSent, onAnswer | onFailure
 *   \--none free--> waiting, oldest first; the expired are dropped unsent
 * ```
 */
export class Target {
  readonly #options: TargetOptions;
  readonly #events: FlightEvents;
  readonly #origin: string;
  readonly #basePath: string;
  readonly #connections: Connection[] = [];
  /** The one used last goes first: the rest may idle out, as in a real client. */
  readonly #free: Connection[] = [];
  readonly #waiting = new Fifo<Flight>();

  constructor(options: TargetOptions, events: FlightEvents) {
    const url = new URL(options.url);
    this.#options = options;
    this.#events = events;
    this.#origin = url.origin;
    this.#basePath = url.pathname.replace(/\/+$/, '');
  }

  send(flight: Flight): void {
    const connection = this.#free.pop() ?? this.#grow();
    if (connection === undefined) this.#waiting.push(flight);
    else connection.send(flight);
  }

  /** Stops what still goes on for a flight that was settled from outside. */
  withdraw(flight: Flight): void {
    for (const connection of this.#connections) {
      if (connection.flight === flight) {
        connection.abort();
        return;
      }
    }
    // Deadlines come in the order of arrival, so the withdrawn are at the head.
    while (this.#waiting.peek()?.settled) this.#waiting.shift();
  }

  /** Closes all connections. No event comes afterwards. */
  async close(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }

  #grow(): Connection | undefined {
    if (this.#connections.length >= this.#options.maxConnections) return undefined;
    const client = new Client(this.#origin, {
      // 0 sends `Connection: close` and closes after each answer. A server that heeds it closes first, and has
      // the TIME_WAIT; of the others our side keeps a port for a minute, and EADDRNOTAVAIL says when none is left.
      pipelining: (this.#options.keepAlive ?? true) ? 1 : 0,
      allowH2: false,
      // The deadline is ours, from the intended send time: undici's own clocks would count it twice.
      headersTimeout: 0,
      bodyTimeout: 0,
      connectTimeout: this.#options.timeoutMs,
    });
    const connection = new Connection(client, this.#basePath, this.#events, (freed) => this.#release(freed));
    if (this.#options.findWriteIds === true) connection.scanner = new WriteIdScanner();
    this.#connections.push(connection);
    return connection;
  }

  #release(connection: Connection): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(connection);
    else connection.send(next);
  }
}

/** Shared by all aborts: an error of its own would cost a stack trace each. */
const WITHDRAWN = new Error('the deadline of the request is past');

/**
 * One connection, and undici's handler for the request on it. Reused from request to request, which spares
 * the garbage collector an object and its closures each; safe, since a connection is free only after
 * undici's last call for a request.
 */
class Connection implements Dispatcher.DispatchHandler {
  flight: Flight | null = null;
  /** Looks into the bodies; `null`: nobody does. */
  scanner: WriteIdScanner | null = null;
  readonly #client: Client;
  readonly #basePath: string;
  readonly #events: FlightEvents;
  readonly #release: (connection: Connection) => void;
  #controller: Dispatcher.DispatchController | null = null;
  #closed = false;

  constructor(
    client: Client,
    basePath: string,
    events: FlightEvents,
    release: (connection: Connection) => void,
  ) {
    this.#client = client;
    this.#basePath = basePath;
    this.#events = events;
    this.#release = release;
  }

  send(flight: Flight): void {
    this.flight = flight;
    this.#controller = null;
    const path = this.#basePath + flight.path;
    const shape = flight.drawn?.shape;
    this.#client.dispatch(
      shape === undefined
        ? { method: 'GET', path }
        : { method: shape.method, path, headers: shape.headers, body: shape.body },
      this,
    );
  }

  /** Ends the request on the wire by closing the connection: HTTP/1.1 knows no other way. */
  abort(): void {
    // Without a controller it is still connecting, and is aborted when it comes to be sent.
    this.#controller?.abort(WITHDRAWN);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client.destroy();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const { flight } = this;
    if (flight === null || flight.settled) {
      controller.abort(WITHDRAWN);
      return;
    }
    this.#controller = controller;
    this.#events.onSent(flight);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    const { flight } = this;
    if (flight === null) return;
    flight.status = statusCode;
    const cache = headers['x-cache'];
    flight.cache = typeof cache === 'string' ? cache : null;
    flight.ageMs = numberOf(headers['x-age-ms']);
    flight.version = numberOf(headers['x-version']);
    this.scanner?.reset();
  }

  /** Bodies are read and dropped. Optional in undici's types, demanded at run time. */
  onResponseData(_controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.scanner?.push(piece);
  }

  onResponseEnd(): void {
    const flight = this.#finish();
    if (flight === null) return;
    if (this.scanner !== null) flight.foundWriteId = this.scanner.result();
    if (!flight.settled) this.#events.onAnswer(flight);
    this.#release(this);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    const flight = this.#finish();
    if (flight === null) return;
    if (!flight.settled && !this.#closed) this.#events.onFailure(flight, errorCode(error));
    // Not at once: undici is in the middle of clearing its queue, and asserts that nobody adds to it.
    queueMicrotask(() => {
      if (!this.#closed) this.#release(this);
    });
  }

  #finish(): Flight | null {
    const { flight } = this;
    this.flight = null;
    this.#controller = null;
    return flight;
  }
}

/** Returns the number in a header; `null` when it is missing or no number. */
function numberOf(header: string | string[] | undefined): number | null {
  if (typeof header !== 'string') return null;
  const value = Number(header);
  return Number.isFinite(value) ? value : null;
}

function errorCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
