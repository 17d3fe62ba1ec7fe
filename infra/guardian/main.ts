// The guardian's own process. It loads nothing but node: built-ins, so that it is there in some 50 ms.
//
//   harness --stdin--> guardian        "watch <process group>", "remains <id> <JSON>" or "removed <id>" a line
//           <-stdout-- "ready", or why it is not, once
//
// When the harness ends, by whatever means, the kernel closes its end of the pipe. That is the one event
// that nothing can suppress, and all that the guardian waits for.
import { createInterface } from 'node:readline';
import type { Remains } from '../backend.ts';
import { removeRemains } from './remains.ts';
import { claimRoot } from './root.ts';
import { sweepRun } from './sweep.ts';

const [runId, root, harnessPid] = process.argv.slice(2);
if (runId === undefined || root === undefined) throw new Error('usage: main.ts RUN_ID ROOT HARNESS_PID');

// A Ctrl-C, a closed terminal or the end of a CI job hits everybody at once; somebody has to stay.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => {});
// The harness may be gone by the time that it is answered.
process.stdout.on('error', () => {});

const groups = new Set<number>();
const entrusted = new Map<string, Remains>();
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const group = /^watch (\d+)$/.exec(line)?.[1];
  if (group !== undefined) groups.add(Number(group));
  const [, word, id = '', json = ''] = /^(remains|removed) (\d+) ?(.*)$/.exec(line) ?? [];
  if (word === 'remains') entrusted.set(id, JSON.parse(json) as Remains);
  if (word === 'removed') entrusted.delete(id);
});

try {
  claimRoot(root, runId, process.pid, Number(harnessPid));
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stdout.write(`its directory can't be made (TMPDIR): ${reason}\n`, () => process.exit(1));
  // Nothing of ours to sweep, and what is there may be another's.
  await new Promise(() => {});
}
const closed = new Promise<void>((resolve) => lines.once('close', resolve));
process.stdout.write('ready\n');
await closed;
// What can't be removed keeps the root, by which a later run finds it.
await sweepRun(runId, root, groups).catch(() => {});
// Afterwards: no process of the run may write to a server that is being cleaned up.
await removeRemains([...entrusted.values()]);
process.exit(0);
