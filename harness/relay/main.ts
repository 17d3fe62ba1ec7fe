/**
 * A relay process: one of the relays that a write strategy brings.
 * Configured by its environment, controlled over IPC, ended by the harness or with it.
 */
import { endWithHarness, required, tellHarness } from '../process/child-end.ts';
import { strategyCommands } from '../service/strategy-commands.ts';
import { hostRelay } from './host.ts';
import type { RelayCommand, RelayConfig, RelayMessage } from './protocol.ts';

const say: (message: RelayMessage) => void = tellHarness;

endWithHarness();
const { board, lag, report, backlog } = await hostRelay(
  JSON.parse(required('CACHESTORM_RELAY')) as RelayConfig,
  {
    redisUrl: required('REDIS_URL'),
    databaseUrl: required('MYSQL_URL'),
    brokerUrl: process.env.AMQP_URL ?? null,
  },
);
const obey = strategyCommands({ board, report, stormStarts: () => lag.restart() }, say);
process.on('message', (command: RelayCommand) => {
  switch (command.type) {
    case 'backlog':
      backlog().then((found) => say({ type: 'backlog', backlog: found }));
      return;
    case 'lag':
      return say({ type: 'lag', ...lag.read() });
    default:
      obey(command);
  }
});
say({ type: 'ready' });
