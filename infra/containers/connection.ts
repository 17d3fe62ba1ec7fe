import { type ContainerRuntimeClient, getContainerRuntimeClient, ImageName } from 'testcontainers';
import { type Engine, findEngine } from '../engine/find.ts';
import { BackendImageError, EngineError } from '../errors.ts';
import { awaitPublishedPortsOnly } from './published-ports.ts';

export type ContainerHandle = ReturnType<ContainerRuntimeClient['container']['getById']>;

/** The engine, as testcontainers sees it. */
export interface EngineConnection {
  readonly engine: Engine;
  readonly client: ContainerRuntimeClient;
}

/**
 * Leads testcontainers, which reads its settings from the environment, to the engine that we found: we know more
 * sockets than it does (Podman's), and the guardian has to ask the same engine.
 *
 * @throws EngineError when no engine of this machine answers.
 */
export async function connectEngine(): Promise<EngineConnection> {
  const engine = await findEngine();
  process.env.DOCKER_HOST = `unix://${engine.socketPath}`;
  // Else it looks for a gateway when we run in a container ourselves, and may even start an image for that.
  process.env.TESTCONTAINERS_HOST_OVERRIDE ??= '127.0.0.1';
  let client: ContainerRuntimeClient;
  try {
    client = await getContainerRuntimeClient();
  } catch (error) {
    throw new EngineError(`the container engine at ${engine.socketPath} can't be used: ${reasonOf(error)}`);
  }
  const { socketPath } = client.container.getById('none').modem as { readonly socketPath?: string };
  if (socketPath !== engine.socketPath) {
    throw new EngineError(
      'a .testcontainers.properties in your home leads to an engine on another machine (tc.host): its containers can not be reached by loopback',
    );
  }
  if (engine.product === 'podman') awaitPublishedPortsOnly(client);
  return { engine, client };
}

/** Whether Ryuk, testcontainers' own container that cleans up, is wanted: our guardian does its work without an image. */
export function wantsRyuk(): boolean {
  return process.env.TESTCONTAINERS_RYUK_DISABLED === 'false';
}

/**
 * Pulls an image that is not here yet.
 *
 * @throws BackendImageError when it can't be pulled, or the signal's reason.
 */
export async function provideImage(
  { client }: EngineConnection,
  image: string,
  signal: AbortSignal,
): Promise<void> {
  let failure: unknown;
  try {
    const name = ImageName.fromString(image);
    if (await client.image.exists(name)) return;
    signal.throwIfAborted();
    // The engine goes on when nobody waits any more; a pulled image does no harm.
    await orAborted(client.image.pull(name), signal);
    // An error in the middle of a pull goes unnoticed.
    if (await client.image.exists(name)) return;
  } catch (error) {
    signal.throwIfAborted();
    failure = error;
  }
  throw new BackendImageError(image, reasonOf(failure), failure);
}

/** Rejects with the signal's reason when that is aborted first. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Returns what the engine says, without the library's words around it, on one line. */
export function reasonOf(error: unknown): string {
  if (error === undefined) return 'the engine gives no reason';
  const said = (error as { json?: { message?: unknown } }).json?.message;
  const text = typeof said === 'string' ? said : error instanceof Error ? error.message : String(error);
  return text
    .replace(/^\(HTTP code \d+\) [\w ]+ - /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ');
}
