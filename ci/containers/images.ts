/** The images: Debian's packages and entry points of ours that take what the official images' take. */

export type Suite = 'bookworm' | 'sid';

export interface Image {
  /** Of the repository `cachestorm/`: name and major version as the official image has them. */
  readonly name: string;
  /** The Debian suite that has this major version. */
  readonly suite: Suite;
  /** The folder of its Dockerfile, under `images/`. */
  readonly recipe: 'redis' | 'database' | 'rabbitmq';
  readonly packages: readonly string[];
  /** Further arguments of the Dockerfile. */
  readonly args: Readonly<Record<string, string>>;
}

/** What a package wants for its directories: the small one, not all of systemd. */
const TMPFILES = 'systemd-standalone-tmpfiles';

export const IMAGES: readonly Image[] = [
  redis('redis:7', 'bookworm', 'redis'),
  database('mariadb:10.11', 'bookworm', 'mariadb', 'mariadbd'),
  rabbitmq('rabbitmq:3', 'bookworm'),
  redis('redis:8', 'sid', 'redis'),
  redis('valkey:9', 'sid', 'valkey'),
  database('mysql:9', 'sid', 'mysql', 'mysqld'),
  rabbitmq('rabbitmq:4', 'sid'),
];

export const tagOf = (image: Image) => `cachestorm/${image.name}`;
export const baseTagOf = (suite: Suite) => `cachestorm/debian:${suite}`;

function redis(name: string, suite: Suite, server: 'redis' | 'valkey'): Image {
  return { name, suite, recipe: 'redis', packages: [`${server}-server`, TMPFILES], args: { SERVER: server } };
}

function database(name: string, suite: Suite, product: 'mariadb' | 'mysql', server: string): Image {
  // The core packages alone: the full ones make a data directory that nobody asked for.
  const packages = [`${product}-server-core`, `${product}-client-core`, 'mysql-common'];
  return { name, suite, recipe: 'database', packages, args: { PRODUCT: product, SERVER: server } };
}

function rabbitmq(name: string, suite: Suite): Image {
  return { name, suite, recipe: 'rabbitmq', packages: ['rabbitmq-server'], args: {} };
}
