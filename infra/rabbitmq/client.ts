const TIMEOUT_MS = 5_000;

/** One authenticated AMQP connection, opened and closed. Gives the broker's version, as it says it itself. */
export async function askRabbitmq(port: number, username: string, password: string): Promise<string> {
  // Loaded on first use, which is while the broker boots.
  const { connect } = await import('amqplib');
  const connection = await connect(
    { protocol: 'amqp', hostname: '127.0.0.1', port, username, password, vhost: '/', heartbeat: 0 },
    { timeout: TIMEOUT_MS },
  );
  // A broker killed between the two answers would otherwise end the harness with an unhandled event.
  connection.on('error', () => {});
  const { version } = connection.connection.serverProperties;
  await connection.close();
  return version;
}
