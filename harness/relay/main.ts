/**
 * A relay process: one of the relays that a write strategy brings.
 * Configured by its environment, controlled over IPC, ended by the harness or with it.
 */
import type { Held } from '../service/barrier-board.ts';
import { hostRelay } from './host.ts';
import type { RelayCommand, RelayConfig, RelayMessage } from './protocol.ts';

async function main(): Promise<void> {
  const { board, lag, report, backlog } = await hostRelay(
    JSON.parse(required('CACHESTORM_RELAY')) as RelayConfig,
    {
      redisUrl: required('REDIS_URL'),
      databaseUrl: required('MYSQL_URL'),
      brokerUrl: process.env.AMQP_URL ?? null,
    },
  );
  let held: Held | null = null;
  process.on('message', (command: RelayCommand) => {
    switch (command.type) {
      case 'report':
        return send({ type: 'report', report: report() });
      case 'backlog':
        backlog().then((found) => send({ type: 'backlog', backlog: found }));
        return;
      case 'lag':
        return send({ type: 'lag', ...lag.read() });
      case 'storm-starts':
        return lag.restart();
      case 'hold':
        held = board.hold(command.barrier);
        held.reached().then(() => send({ type: 'held' }));
        return;
      case 'release':
        held?.release();
        return send({ type: 'released' });
    }
  });
  send({ type: 'ready' });
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`the relay needs the environment variable ${name}`);
  return value;
}

function send(message: RelayMessage): void {
  process.send?.(message);
}

// The harness is gone, or has dropped us: there is nobody left to work for.
process.on('disconnect', () => process.exit(0));
await main();
