import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../../make-directory.ts';
import { defaultUser, ENABLED_PLUGINS } from '../../rabbitmq/settings.ts';

export interface BrokerPlace {
  readonly directory: string;
  readonly nodeName: string;
  readonly distributionPort: number;
  readonly epmdPort: number;
}

/**
 * The environment that keeps a broker to itself: every folder, file, port and name that would otherwise be
 * the machine's. A private node name alone is not enough: /etc/rabbitmq would still be read.
 */
export function brokerSettings(place: BrokerPlace): Record<string, string> {
  const { directory, nodeName, distributionPort, epmdPort } = place;
  const inside = (name: string) => join(directory, name);
  return {
    RABBITMQ_NODENAME: nodeName,
    RABBITMQ_USE_LONGNAME: 'false',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_MNESIA_BASE: inside('mnesia'),
    RABBITMQ_LOG_BASE: inside('log'),
    // To standard output, which is our log file.
    RABBITMQ_LOGS: '-',
    RABBITMQ_CONFIG_FILE: inside('rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: inside('advanced.config'),
    RABBITMQ_CONF_ENV_FILE: inside('rabbitmq-env.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: inside('enabled_plugins'),
    RABBITMQ_GENERATED_CONFIG_DIR: inside('generated'),
    RABBITMQ_PID_FILE: inside('server.pid'),
    // Erlang's own port between nodes would listen on every interface; and only our epmd may run, as the
    // one that Erlang starts by itself becomes a daemon.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false',
    // Makes the start script replace itself with the broker, so that our child's id is the broker's and
    // no shell stands between to turn signals into an orderly shutdown.
    RUNNING_UNDER_SYSTEMD: 'true',
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_CRASH_DUMP_SECONDS: '0',
  };
}

export interface BrokerAccess {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Erlang's shared secret: who knows it may run code in the broker. */
  readonly cookie: string;
}

/** Writes what `brokerSettings` points to. Can be repeated with another port. */
export async function writeBrokerFiles(directory: string, access: BrokerAccess): Promise<void> {
  const { port, user, password, cookie } = access;
  const cookiePath = join(directory, '.erlang.cookie');
  await rm(cookiePath, { force: true });
  const files: Record<string, string> = {
    'rabbitmq.conf': [`listeners.tcp.local = 127.0.0.1:${port}`, ...defaultUser(user, password), ''].join(
      '\n',
    ),
    'advanced.config': '[].\n',
    'rabbitmq-env.conf': '',
    enabled_plugins: ENABLED_PLUGINS,
  };
  await makeDirectory(join(directory, 'log'), { mode: 0o700 });
  await Promise.all([
    // Erlang refuses a cookie that others may read.
    writeFile(cookiePath, cookie, { mode: 0o400 }),
    ...Object.entries(files).map(([name, text]) => writeFile(join(directory, name), text, { mode: 0o600 })),
  ]);
}
