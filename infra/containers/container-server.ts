import { systemClock } from '../../harness/time/clock.ts';
import type { BackendKind, Needs, Role, StartContext, StartedBackend } from '../backend.ts';
import { openEngineJournal } from '../engine/journal.ts';
import { BackendLostError, BackendStartError, BackendStoppedError } from '../errors.ts';
import { type PickPort, pickFreePort } from '../ports.ts';
import { connectEngine, type EngineConnection, provideImage, reasonOf } from './connection.ts';
import { Container, PortTakenError } from './container.ts';
import type { ContainerOrder, PublishedPort } from './loopback-container.ts';

/** What a running server says that it is. */
export interface ServerIdentity {
  readonly product: string;
  readonly version: string;
}

/** What tells one server from another; the life of a container is the same for all of them. */
export interface ContainerRecipe
  extends Pick<ContainerOrder, 'image' | 'command' | 'environment' | 'files' | 'dataPath'> {
  readonly kind: BackendKind;
  /** Tells it from others of its kind in the same run. */
  readonly part?: string;
  /** Where the server listens, inside. */
  readonly port: number;
  /** How many more ports to publish, each as the same number inside, for containers that join its network. @default 0 */
  readonly portsToJoin?: number;
  /** A container whose network it joins; `port` is one of its `portsToJoin`. @default it has a network of its own */
  readonly joins?: ContainerServer;
  /** Never to be seen in an error. */
  readonly secrets: readonly string[];
  /** How long until the first answer, in ms; the pull of an image does not count. */
  readonly deadlineMs: number;
  /** One authenticated question to the server; rejects when it does not answer at once. */
  ask(port: number): Promise<ServerIdentity>;
  url(port: number, role: Role): string;
  /** @param run runs a command inside of the container and gives what it printed. */
  flush(port: number, run: (command: readonly string[]) => Promise<string>): Promise<void>;
}

/** Options that every backend in a container has. */
export interface ContainerOptions {
  /**
   * Where the port on the host comes from; asked again when the engine finds the port taken.
   * @default a random free one below the kernel's ephemeral range
   */
  readonly pickPort?: PickPort;
  /** How long the server may take until it answers, in ms. @default 60 s, databases and RabbitMQ 180 s */
  readonly deadlineMs?: number;
  /** Has the server keep its data in so many bytes of memory. @default on the engine's disk */
  readonly dataBytes?: number;
  /** What the server has to carry. @default little */
  readonly needs?: Needs;
  /** What runs in place of the image's entry point. @default the image's own */
  readonly program?: readonly string[];
}

const PORT_ATTEMPTS = 5;
const POLL_MS = 20;

/**
 * Starts a container after its recipe, trying up to five ports.
 *
 * @throws EngineError, BackendImageError, or BackendStartError with nothing left behind.
 */
export async function startContainer(
  recipe: ContainerRecipe,
  context: StartContext,
  { pickPort = pickFreePort, dataBytes, program }: ContainerOptions = {},
): Promise<ContainerServer> {
  const { kind, part, image, command, environment, files, dataPath } = recipe;
  context.signal.throwIfAborted();
  const connection = await connectEngine();
  await provideImage(connection, image, context.signal);
  openEngineJournal(context.root, connection.engine.socketPath);
  for (let attempt = 1; ; attempt++) {
    context.signal.throwIfAborted();
    const reach = await reachOf(recipe, pickPort);
    const container = await create(connection, recipe, context.root, {
      name: ['cachestorm', context.runId, kind, ...(part === undefined ? [] : [part])].join('-'),
      runId: context.runId,
      ...{ image, command, environment, files, dataPath, ports: reach.published },
      ...(recipe.joins === undefined ? {} : { networkOf: recipe.joins.containerId }),
      ...(dataBytes === undefined ? {} : { dataBytes }),
      ...(program === undefined ? {} : { program }),
    });
    try {
      const starting = container.started();
      const identity = await answerOf(container, recipe, reach.port, context.signal, starting);
      return new ContainerServer(recipe, context, connection, container, reach, identity);
    } catch (error) {
      await container.remove();
      if (!(error instanceof PortTakenError)) throw error;
      if (attempt === PORT_ATTEMPTS) throw new BackendStartError(recipe.image, error.message, '', error);
    }
  }
}

/** By which ports of 127.0.0.1 a container is reached. */
interface Reach {
  readonly port: number;
  readonly published: readonly PublishedPort[];
}

async function reachOf(
  { port: inside, portsToJoin = 0, joins }: ContainerRecipe,
  pickPort: PickPort,
): Promise<Reach> {
  if (joins !== undefined) return { port: inside, published: [] };
  const port = await pickPort();
  const published = [{ inside, host: port }];
  for (let n = 0; n < portsToJoin; n++) {
    const same = await pickPort();
    published.push({ inside: same, host: same });
  }
  return { port, published };
}

async function create(
  connection: EngineConnection,
  { image }: ContainerRecipe,
  root: string,
  order: ContainerOrder,
): Promise<Container> {
  try {
    return await Container.create(connection, order, root);
  } catch (error) {
    throw new BackendStartError(image, `its container can't be made: ${reasonOf(error)}`, '', error);
  }
}

/**
 * Asks again and again until the server answers, and its start is at an end.
 *
 * @param starting rejects when the engine can't start the container. @default it has started
 * @throws BackendStartError when the server ends or its time is up; PortTakenError; the signal's reason.
 */
async function answerOf(
  container: Container,
  recipe: ContainerRecipe,
  port: number,
  signal: AbortSignal,
  starting: Promise<void> = Promise.resolve(),
): Promise<ServerIdentity> {
  let deadlineUs = Number.POSITIVE_INFINITY;
  let refusal: { readonly error: unknown } | undefined;
  starting.catch((error: unknown) => {
    refusal = { error };
  });
  const failed = async (reason: string, cause?: unknown) =>
    new BackendStartError(recipe.image, reason, await container.logTail(recipe.secrets), cause);
  for (;;) {
    signal.throwIfAborted();
    let lastError: unknown;
    try {
      const identity = await recipe.ask(port);
      await starting;
      return identity;
    } catch (error) {
      lastError = error;
    }
    const state = await container.state();
    if (state.kind === 'exited') throw await failed(`it exited with code ${state.code}`);
    if (state.kind === 'gone') throw await failed('somebody removed its container');
    if (refusal !== undefined) {
      if (refusal.error instanceof PortTakenError) throw refusal.error;
      throw await failed(`the engine can't start it: ${reasonOf(refusal.error)}`, refusal.error);
    }
    // The engine may be busy with something else before.
    if (state.kind === 'running') {
      deadlineUs = Math.min(deadlineUs, systemClock.nowUs() + recipe.deadlineMs * 1e3);
    }
    if (systemClock.nowUs() > deadlineUs) {
      throw await failed(`no answer within ${recipe.deadlineMs / 1e3} s`, lastError);
    }
    await systemClock.sleep(POLL_MS, signal);
  }
}

/** A server in a container. Its port on the host, its data and its log outlive a kill; nothing outlives disposal. */
export class ContainerServer implements StartedBackend {
  readonly #recipe: ContainerRecipe;
  readonly #context: StartContext;
  readonly #connection: EngineConnection;
  readonly #container: Container;
  readonly #reach: Reach;
  readonly #identity: ServerIdentity;
  #disposal: Promise<void> | undefined;

  constructor(
    recipe: ContainerRecipe,
    context: StartContext,
    connection: EngineConnection,
    container: Container,
    reach: Reach,
    identity: ServerIdentity,
  ) {
    this.#recipe = recipe;
    this.#context = context;
    this.#connection = connection;
    this.#container = container;
    this.#reach = reach;
    this.#identity = identity;
  }

  get kind(): BackendKind {
    return this.#recipe.kind;
  }

  get product(): string {
    return this.#identity.product;
  }

  get version(): string {
    return this.#identity.version;
  }

  /** The container's id, the same for all its life. */
  get containerId(): string {
    return this.#container.id;
  }

  /** Where it is reached, on 127.0.0.1. */
  get port(): number {
    return this.#reach.port;
  }

  /** Those of 127.0.0.1 that lead to who joins its network. */
  get portsToJoin(): readonly number[] {
    return this.#reach.published.slice(1).map(({ host }) => host);
  }

  url(role: Role): string {
    return this.#recipe.url(this.#reach.port, role);
  }

  async confirm(): Promise<void> {
    try {
      await this.#recipe.ask(this.#reach.port);
    } catch (cause) {
      const state = await this.#container.state().catch(() => ({ kind: 'unknown' }) as const);
      const how =
        state.kind === 'exited'
          ? `it exited with code ${state.code}`
          : state.kind === 'gone'
            ? 'somebody removed its container'
            : `it does not answer: ${reasonOf(cause)}`;
      const logTail = state.kind === 'gone' ? '' : await this.#container.logTail(this.#recipe.secrets);
      throw new BackendLostError(this.product, how, { logTail, cause });
    }
  }

  async kill(): Promise<void> {
    await this.#container.kill();
  }

  async pause(): Promise<void> {
    await this.#requireRunning('pause');
    await this.#container.pause();
  }

  async resume(): Promise<void> {
    await this.#container.resume();
  }

  async restart(): Promise<void> {
    this.#requireUndisposed('restart');
    await this.#container.kill();
    this.#requireUndisposed('restart');
    try {
      await this.#container.startAgain();
      await answerOf(this.#container, this.#recipe, this.#reach.port, this.#context.signal);
    } catch (error) {
      this.#requireUndisposed('restart');
      if (!(error instanceof PortTakenError)) throw error;
      throw new BackendStartError(this.#recipe.image, `its port ${this.#reach.port} is taken`, '', error);
    }
  }

  async flush(): Promise<void> {
    await this.#requireRunning('flush');
    await this.#recipe.flush(this.#reach.port, (command) => this.#container.run(this.#connection, command));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#container.remove();
    return this.#disposal;
  }

  async #requireRunning(action: string): Promise<void> {
    const { kind } = await this.#container.state();
    if (kind !== 'running' && kind !== 'paused') throw new BackendStoppedError(this.product, action);
  }

  #requireUndisposed(action: string): void {
    if (this.#disposal !== undefined) throw new BackendStoppedError(this.product, action);
  }
}
