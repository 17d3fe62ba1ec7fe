import type { ContainerRuntimeClient } from 'testcontainers';
import type { ContainerHandle } from './connection.ts';

type Inspection = Awaited<ReturnType<ContainerHandle['inspect']>>;

/**
 * Has testcontainers wait for the ports that are published, and no others: Podman lists those that the image exposes
 * beside them, and testcontainers would give up after 10 s, as nobody ever binds them.
 */
export function awaitPublishedPortsOnly({ container }: Pick<ContainerRuntimeClient, 'container'>): void {
  // Of the handle, not of what stands here already: a second time does no harm.
  container.inspect = async (handle) => withPublishedPorts(await handle.inspect());
}

/** Without the ports that nothing on the host leads to. */
export function withPublishedPorts(inspection: Inspection): Inspection {
  const { HostConfig: hostConfig } = inspection;
  const ports: Readonly<Record<string, unknown>> = hostConfig.PortBindings ?? {};
  const published = Object.fromEntries(Object.entries(ports).filter(([, bindings]) => bindings !== null));
  return { ...inspection, HostConfig: { ...hostConfig, PortBindings: published } };
}
