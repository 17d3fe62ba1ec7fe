import type { BuiltRequest, Client } from 'autocannon';
import { Flight } from './flight.ts';
import type { KeySource } from './keys.ts';
import type { LoadRecorder } from './load-recorder.ts';

/** A pause after a broken connection; autocannon alone tries a refused port again 23,000 times a second. */
const RECONNECT_DELAY_MS = 10;

/** What all connections of a closed load share. */
export interface ClosedContext {
  readonly recorder: LoadRecorder;
  readonly nextKey: KeySource;
  readonly pathOf: (key: string) => string;
  readonly timeoutMs: number;
  readonly keepAlive: boolean;
  /** Microseconds since the storm's start. */
  readonly nowUs: () => number;
  readonly onSettled: () => void;
}

/**
 * Watches one autocannon connection and settles each of its requests exactly once, which autocannon's own
 * results do not: they skip timeouts, take a close without an answer for nothing at all, and cut off what
 * is in flight at the end.
 *
 * It also mends four faults of version 9.0.0. It went on sending on a connection of which the server had said
 * that it closes it. And where a connection is made anew: a request cut off by a
 * close stayed in the queue, so that each later answer was timed from its predecessor's send; a body cut off
 * in the middle stayed in the parser, which then took every later answer for its rest; and a refused
 * connection was tried again at once.
 */
export class ClosedConnection {
  readonly #client: Client;
  readonly #context: ClosedContext;
  readonly #host: string;
  readonly #basePath: string;
  #flight: Flight | null = null;
  /** Cut off by a reconnect: a timeout if autocannon says so before it returns, else closed by the server. */
  #cutOff: Flight | null = null;
  #broken = false;
  /** The answer or the request said `Connection: close`: the server reads no further request. */
  #closing = false;
  #retry: NodeJS.Timeout | undefined;
  #finishing = false;

  constructor(client: Client, url: URL, context: ClosedContext) {
    this.#client = client;
    this.#context = context;
    this.#host = url.host;
    this.#basePath = url.pathname.replace(/\/+$/, '');
    // Its option takes whole seconds from 1 on.
    client.timeout = context.timeoutMs;
    this.#mendReconnect();
    this.#mendClose();
    client.on('request', () => this.#send());
    client.on('headers', (head) => this.#head(head.statusCode, head.headers));
    client.on('response', (status, _bytes, durationMs) => this.#answer(status, durationMs));
    client.on('timeout', () => this.#timeout());
    client.on('connError', (error) => this.#error(error.code ?? error.name));
  }

  /** Sends no more, and ends with the answer to what is on its way. */
  finish(): void {
    this.#finishing = true;
    if (this.#flight === null) this.#client.destroy();
    else this.#client.responseMax = this.#client.reqsMade;
  }

  /** Gives up waiting: a request still on its way counts as lost. */
  abandon(): void {
    this.#settle((flight) => this.#context.recorder.lost(flight));
    this.#client.destroy();
  }

  /** autocannon is about to write: it takes what stands in the iterator after this event. */
  #send(): void {
    const { key, exists } = this.#context.nextKey();
    const nowUs = this.#context.nowUs();
    const flight = new Flight(nowUs, this.#basePath + this.#context.pathOf(key), exists);
    flight.sentUs = nowUs;
    this.#flight = flight;
    this.#context.recorder.offered(nowUs, 0);
    const { keepAlive } = this.#context;
    this.#closing = !keepAlive;
    // In place of its list of requests: every key is a fresh draw, and it costs less than its own builder.
    const request: BuiltRequest = {
      requestBuffer: Buffer.from(
        `GET ${flight.path} HTTP/1.1\r\nHost: ${this.#host}\r\nConnection: ${keepAlive ? 'keep-alive' : 'close'}\r\n\r\n`,
        'latin1',
      ),
    };
    this.#client.requestIterator.requests = [request];
    this.#client.requestIterator.currentRequest = request;
  }

  #head(status: number, headers: readonly string[]): void {
    const flight = this.#flight;
    if (flight === null) return;
    flight.status = status;
    for (let index = 0; index + 1 < headers.length; index += 2) {
      const name = headers[index]?.toLowerCase();
      const value = headers[index + 1] as string;
      if (name === 'x-cache') flight.cache = value;
      else if (name === 'connection') this.#closing ||= value.toLowerCase() === 'close';
      else if (name === 'x-age-ms' && Number.isFinite(Number(value))) flight.ageMs = Number(value);
    }
  }

  #answer(status: number, durationMs: number): void {
    this.#settle((flight) => {
      flight.status = status;
      this.#context.recorder.answered(flight, flight.sentUs + durationMs * 1e3);
    });
  }

  #timeout(): void {
    const flight = this.#cutOff;
    if (flight === null || flight.settled) return;
    this.#context.recorder.timedOut(flight);
    this.#context.onSettled();
  }

  #error(code: string): void {
    this.#broken = true;
    this.#settle((flight) => this.#context.recorder.failed(flight, code));
  }

  #settle(record: (flight: Flight) => void): void {
    const flight = this.#flight;
    this.#flight = null;
    if (flight === null) return;
    record(flight);
    this.#context.onSettled();
  }

  #mendReconnect(): void {
    const client = this.#client;
    const connect = client._connect.bind(client);
    client._connect = () => {
      const cutOff = this.#flight;
      if (cutOff !== null) {
        this.#flight = null;
        this.#cutOff = cutOff;
        queueMicrotask(() => {
          if (cutOff.settled) return;
          this.#context.recorder.failed(cutOff, 'CLOSED');
          this.#context.onSettled();
        });
      }
      this.#closing = false;
      client.parser.reinitialize(client.parser.type);
      client.pipelinedRequests.clear();
      clearTimeout(this.#retry);
      if (this.#finishing) {
        client.destroy();
      } else if (this.#broken) {
        this.#broken = false;
        this.#retry = setTimeout(() => {
          if (!client.destroyed) connect();
        }, RECONNECT_DELAY_MS);
      } else {
        connect();
      }
    };
  }
  #mendClose(): void {
    const client = this.#client;
    const doRequest = client._doRequest.bind(client);
    client._doRequest = () => {
      if (!this.#closing) {
        doRequest();
        return;
      }
      // Not at once: the parser, which starts anew with the connection, is still at the end of the answer.
      queueMicrotask(() => {
        if (!client.destroyed) client._resetConnection();
      });
    };
  }
}
