import { GenericContainer, type WaitStrategy } from 'testcontainers';
import { RUN_LABEL } from '../engine/removal.ts';
import { wantsRyuk } from './connection.ts';

export interface ContainerOrder {
  readonly name: string;
  readonly runId: string;
  readonly image: string;
  readonly command: readonly string[];
  /** @default the image's own entry point */
  readonly program?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Put into the container before it starts. */
  readonly files: readonly ContainerFile[];
  /** Reached on 127.0.0.1. */
  readonly ports: readonly PublishedPort[];
  /** The id of a container whose network it shares, with the ports that are published there. @default its own network */
  readonly networkOf?: string;
  /** Where the server keeps its data, inside: outlives a kill, and goes with the container. */
  readonly dataPath: string;
  /** Data on a file system in memory of so many bytes, which a kill empties. @default the volume with the order's name */
  readonly dataBytes?: number;
}

export interface PublishedPort {
  /** Where the server listens, inside. */
  readonly inside: number;
  /** On 127.0.0.1. */
  readonly host: number;
}

export interface ContainerFile {
  readonly target: string;
  readonly content: string;
  /** @default 0o444: the server's own user has to read it, whose number differs from image to image */
  readonly mode?: number;
}

/**
 * A container of testcontainers whose ports are published on loopback: testcontainers itself publishes on all
 * interfaces.
 */
export class LoopbackContainer extends GenericContainer {
  /** The container's id, once it is made and before it is started. */
  readonly id: Promise<string>;
  readonly #created = Promise.withResolvers<string>();

  constructor(order: ContainerOrder) {
    super(order.image);
    const { name, runId, program, ports, networkOf, dataPath, dataBytes } = order;
    this.id = this.#created.promise;
    this.withName(name)
      .withLabels({ [RUN_LABEL]: runId })
      .withCommand([...order.command])
      .withEnvironment(order.environment)
      .withExposedPorts(...ports.map(({ inside, host }) => ({ container: inside, host })))
      .withCopyContentToContainer(
        order.files.map(({ target, content, mode = 0o444 }) => ({ target, content, mode })),
      )
      .withWaitStrategy(AT_ONCE)
      .withAutoCleanup(wantsRyuk());
    if (program !== undefined) this.withEntrypoint([...program]);
    this.hostConfig.PortBindings = Object.fromEntries(
      ports.map(({ inside, host }) => [`${inside}/tcp`, [{ HostIp: '127.0.0.1', HostPort: String(host) }]]),
    );
    if (networkOf !== undefined) this.withNetworkMode(`container:${networkOf}`);
    if (dataBytes === undefined) {
      // In place of the image's own anonymous volume, which could not carry our label.
      this.hostConfig.Mounts = [{ Type: 'volume', Source: name, Target: dataPath }];
    } else {
      this.withTmpFs({ [dataPath]: `rw,size=${dataBytes}` });
    }
  }

  protected override async containerCreated(id: string): Promise<void> {
    this.#created.resolve(id);
  }
}

/**
 * We wait ourselves. testcontainers waits 10 s, whatever it is told, for the ports of a container that is dead; and
 * when its wait fails, it removes the container and its log with it.
 */
const AT_ONCE: WaitStrategy = {
  waitUntilReady: async () => {},
  withStartupTimeout: () => AT_ONCE,
  isStartupTimeoutSet: () => true,
  getStartupTimeout: () => 0,
};
