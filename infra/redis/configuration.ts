export interface RedisConfiguration {
  readonly password: string;
  /** Lines that depend on where the server runs. */
  readonly own: readonly string[];
}

/** The whole configuration of a server for one run; what is not said is the server's default. */
export function redisConfiguration({ password, own }: RedisConfiguration): string {
  return [
    ...own,
    'protected-mode yes',
    `requirepass ${password}`,
    'daemonize no',
    'logfile ""',
    // A snapshot forks the server, and the copied pages show up as latency.
    'save ""',
    'appendonly no',
    // Keyspace channel; generic, string and expired events: the harness watches single keys by
    // subscribing to `__keyspace@0__:<key>`. All events (KEA) would cost a publish for every command.
    'notify-keyspace-events Kg$x',
    '',
  ].join('\n');
}
