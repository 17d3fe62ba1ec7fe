/**
 * What the closed loop uses of autocannon 9.0.0, which ships no types; those of @types/autocannon are for
 * version 7. The fields of `Client` from `timeout` on are internals: closed-loop.integration.test.ts is the
 * contract test that an upgrade has to pass.
 */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  function autocannon(options: autocannon.Options, done: (error: Error | null) => void): autocannon.Tracker;

  namespace autocannon {
    interface Options {
      readonly url: string;
      readonly connections: number;
      /** Seconds. */
      readonly duration: number;
      /** Milliseconds between its own samples; it looks for the end of the run at each. */
      readonly sampleInt: number;
      readonly setupClient: (client: Client) => void;
    }

    interface Tracker extends EventEmitter {
      /** Ends the run at the next sample. */
      stop(): void;
    }

    /** One connection; `setupClient` gets it from within its constructor, before it connects. */
    interface Client extends EventEmitter {
      on(event: 'request' | 'timeout' | 'done', listener: () => void): this;
      on(event: 'headers', listener: (head: ResponseHead) => void): this;
      on(event: 'response', listener: (statusCode: number, bytes: number, durationMs: number) => void): this;
      on(event: 'connError', listener: (error: NodeJS.ErrnoException) => void): this;
      destroy(): void;

      /** Milliseconds. */
      timeout: number;
      /** After so many requests, and the answer to the last, the connection ends; 0 for never. */
      responseMax: number;
      readonly reqsMade: number;
      readonly destroyed: boolean;
      readonly parser: { readonly type: string; reinitialize(type: string): void };
      readonly pipelinedRequests: { clear(): void };
      readonly requestIterator: { requests: BuiltRequest[]; currentRequest: BuiltRequest };
      _connect(): void;
      _doRequest(): void;
      /** Drops the connection, whatever is on it, and makes a new one. */
      _resetConnection(): void;
    }

    interface ResponseHead {
      readonly statusCode: number;
      /** Name, value, name, value ... */
      readonly headers: readonly string[];
    }

    interface BuiltRequest {
      readonly requestBuffer: Buffer;
    }
  }

  export = autocannon;
}
