/** A truth server as a process of its own: it neither delays the generator nor is delayed by it. */

import { SCRIPT_VARIABLE, type TruthCommand, type TruthMessage } from './truth-protocol.ts';
import { serverOptions, type TruthScript } from './truth-script.ts';
import { startTruthServer } from './truth-server.ts';

const script = JSON.parse(process.env[SCRIPT_VARIABLE] ?? '') as TruthScript;
const server = await startTruthServer(serverOptions(script));

process.on('disconnect', () => process.exit(0));
process.on('message', ({ type }: TruthCommand) => {
  if (type === 'first') {
    void server.reached(1).then(() => say({ type, arrivedUs: server.received[0]?.arrivedUs ?? 0 }));
    return;
  }
  if (type === 'forget') server.forget();
  const { received, connections } = server;
  say({ type: 'log', log: { received, connections } });
});
say({ type: 'ready', url: server.url });

function say(message: TruthMessage): void {
  process.send?.(message, undefined, undefined, () => {});
}
