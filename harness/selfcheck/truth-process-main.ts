/** A truth server as a process of its own: it neither delays the generator nor is delayed by it. */

import { endWithHarness, required, tellHarness } from '../process/child-end.ts';
import { SCRIPT_VARIABLE, type TruthCommand, type TruthMessage } from './truth-protocol.ts';
import { serverOptions, type TruthScript } from './truth-script.ts';
import { startTruthServer } from './truth-server.ts';

const say: (message: TruthMessage) => void = tellHarness;

endWithHarness();
const script = JSON.parse(required(SCRIPT_VARIABLE)) as TruthScript;
const server = await startTruthServer(serverOptions(script));

process.on('message', ({ type }: TruthCommand) => {
  switch (type) {
    case 'log': {
      const { received, connections } = server;
      return say({ type, log: { received, connections } });
    }
    case 'forget':
      server.forget();
      return say({ type });
    case 'first':
      server.reached(1).then(() => say({ type, arrivedUs: server.received[0]?.arrivedUs ?? 0 }));
  }
});
say({ type: 'ready', url: server.url });
