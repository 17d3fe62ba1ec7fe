import { RUN_LABEL } from '../engine/removal.ts';
import { engineCreate, engineRequest } from '../engine/request.ts';
import type { EngineConnection } from './connection.ts';
import type { ContainerOrder } from './loopback-container.ts';

/**
 * Makes the volume of a container's data, of the container's name. By itself and not with the container: only so does
 * Podman give it our label.
 *
 * @returns what removes it, once its container is gone.
 * @throws Error with what the engine says.
 */
export async function createDataVolume(
  { engine }: EngineConnection,
  { name, runId }: Pick<ContainerOrder, 'name' | 'runId'>,
): Promise<AsyncDisposable> {
  const { socketPath } = engine;
  const description = { Name: name, Labels: { [RUN_LABEL]: runId } };
  const { status, body } = await engineCreate(socketPath, '/volumes/create', description);
  if (status !== 201) {
    const { message = `the engine answers ${status}` } = (body ?? {}) as { readonly message?: string };
    throw new Error(message);
  }
  return {
    // Whatever is answered: the run's clean-up looks again.
    [Symbol.asyncDispose]: async () => void (await engineRequest(socketPath, 'DELETE', `/volumes/${name}`)),
  };
}
