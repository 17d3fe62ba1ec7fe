/** What every backend is to the rest of the project, whichever provider started it. */

export type BackendKind = 'redis' | 'database' | 'rabbitmq';

/** Of Redis: a master that Sentinels replace when it fails, or keys that are spread over several masters. */
export type Topology = 'sentinel' | 'cluster';

/** Who connects. The database gives each role a user of its own, so that its counters tell them apart. */
export type Role = 'service' | 'relay' | 'probe';

/** Where a provider puts what a run needs, and how it makes itself heard. */
export interface StartContext {
  /** Identifies the run; every process of it carries this in its environment. */
  readonly runId: string;
  /** The run's private directory. Everything a backend writes goes below it and is removed with it. */
  readonly root: string;
  readonly signal: AbortSignal;
  /** Told the process group of every child as soon as it exists. */
  readonly onProcess: (processGroup: number) => void;
  /**
   * Told of what would outlive the run on a server that is not its own, before it is made there: should the harness
   * end without a word, the guardian removes it. Call what is returned once it is gone.
   */
  readonly onRemains: (remains: Remains) => () => void;
  /** Told when a server is lost to the run, and why: the run has to end. */
  readonly onLost: (error: Error) => void;
}

/** Something that a run has on a server which outlives it, and how it is removed from outside of the harness. */
export interface Remains {
  /** URL of the module whose `remove` is called; loaded only when it is needed. */
  readonly module: string;
  /** What `remove` is given: plain data, credentials too. It travels through a pipe, never by a file or an argument. */
  readonly data: unknown;
}

/** What a run does with its servers, beyond reading and writing. */
export interface Needs {
  /** Watches a key: Redis has to announce what happens to it. */
  readonly keyEvents: boolean;
  /** Reads the database's binary log. */
  readonly changeLog: boolean;
  /** Deals out messages by a hash of their key, with RabbitMQ's plugin for it. */
  readonly hashExchange: boolean;
  /** The most connections that it has to each at once. */
  readonly connections: Readonly<Record<BackendKind, number>>;
  /** The largest value that it writes, bytes: of one statement, and of one row. */
  readonly valueBytes: number;
  /** How long a query takes by design, at most. */
  readonly queryMs: number;
}

/** A run that reads and writes a little. */
export const NO_NEEDS: Needs = {
  keyEvents: false,
  changeLog: false,
  hashExchange: false,
  connections: { redis: 1, database: 1, rabbitmq: 2 },
  valueBytes: 0,
  queryMs: 0,
};

/** Something about a server that keeps a run from using it. Reads as one sentence, and how to mend it as another. */
export interface Finding {
  /** Which one, and where: `REDIS_URL (10.0.0.1:6379)`. */
  readonly server: string;
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  /** The statement or step that puts it right. */
  readonly mend: string;
}

export interface Backend {
  readonly kind: BackendKind;
  /**
   * What keeps a run from using the server, or this machine from starting it; writes nothing.
   * To be asked before any server is started, so that all that is to be mended is said at once.
   */
  examine?(signal: AbortSignal): Promise<readonly Finding[]>;
  /**
   * Starts the server and resolves once it answers.
   *
   * @throws BackendStartError when it dies or does not answer in time, with the last lines of its log.
   */
  start(context: StartContext): Promise<StartedBackend>;
}

/** A running server. Disposing it twice does no harm. */
export interface StartedBackend extends AsyncDisposable {
  readonly kind: BackendKind;
  /** The program's own name: `redis`, `valkey`, `mariadb`, `mysql`, `rabbitmq`. */
  readonly product: string;
  readonly version: string;
  /** A connection URL with the credentials of `role` in it: never print it. */
  url(role: Role): string;
  /** How servers work together to be one to clients. @default a server by itself */
  readonly topology?: Topology;
  /** What the names of all keys, queues and exchanges of a run begin with. @default one of the harness's own */
  readonly prefix?: string;
  /** How many others used it when it started: what it counts is not of this run alone. Only where there may be any. */
  readonly otherClients?: number;
  /**
   * Resolves once the server has answered, and is known to be this run's to use: one that is not the run's own and was
   * stopped for long may have been taken for dead by another run.
   *
   * @throws BackendLostError, PlaceLostError
   */
  confirm(): Promise<void>;
  /**
   * Ends the server at once, as `kill -9` does, and keeps its data directory. As `pause`, `resume` and `restart`, it
   * rejects with a BackendControlError on a server that is not the run's own.
   */
  kill(): Promise<void>;
  /** Stops it without ending it (SIGSTOP, or a freezer): connections stay open and silent. Resolves once it stands. */
  pause(): Promise<void>;
  /** Undoes `pause`; harmless when there is nothing to undo. */
  resume(): Promise<void>;
  /** Starts it again on the same port and data directory; resolves once it answers. */
  restart(): Promise<void>;
  /** Removes what the server holds for us: all keys, or all rows, or all messages. */
  flush(): Promise<void>;
}
