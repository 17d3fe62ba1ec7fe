/**
 * The generator process: takes a plan over IPC, sends the load, reports. Started by generator.ts.
 *
 * It ends when the harness does: the channel closes, whatever way the other side went.
 */
import { endWithHarness, tellHarness } from '../process/child-end.ts';
import { StorageError } from '../record/storage.ts';
import { systemClock } from '../time/clock.ts';
import { parseCommand } from './messages.ts';
import { runOpenLoop } from './open-loop.ts';
import type { GeneratorMessage, GeneratorPlan, GeneratorReport, LoadProgress } from './protocol.ts';

const say: (message: GeneratorMessage) => void = tellHarness;

let running: AbortController | null = null;

if (process.send === undefined) {
  process.stderr.write('The load generator is started by cachestorm, not by hand: it has no IPC channel.\n');
  process.exit(2);
}

endWithHarness();
process.on('message', (message: unknown) => {
  try {
    const command = parseCommand(message);
    if (command.type === 'stop') running?.abort();
    else if (running !== null) say({ type: 'error', message: 'a load is already running' });
    else void carryOut(command.plan);
  } catch (error) {
    say({ type: 'error', message: messageOf(error) });
  }
});
say({ type: 'ready' });

async function carryOut(plan: GeneratorPlan): Promise<void> {
  running = new AbortController();
  try {
    const report = await run(plan, running.signal);
    // Before the report leaves: the harness may answer it with the next plan at once.
    running = null;
    say({ type: 'report', report });
  } catch (error) {
    running = null;
    if (error instanceof StorageError) say({ type: 'error', message: error.message, storage: true });
    else say({ type: 'error', message: messageOf(error) });
  }
}

async function run(plan: GeneratorPlan, signal: AbortSignal): Promise<GeneratorReport> {
  const onStarted = (startedAtUs: number): void => say({ type: 'started', startedAtUs });
  const onProgress = (progress: LoadProgress): void => say({ type: 'progress', progress });
  const context = { clock: systemClock, signal, onStarted, onProgress };
  const { load } = plan;
  if (load.model === 'open') return await runOpenLoop({ ...plan, load }, context);
  // Loaded on demand: autocannon costs 100 modules, which most runs have no use for.
  const { runClosedLoop } = await import('./closed-loop.ts');
  return await runClosedLoop({ ...plan, load }, context);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
