/** `npm run proof:attacks`: runs every script of `ci/proofs/attacks/`, one after the other, and fails when one does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('./attacks/', import.meta.url));
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

let running: ChildProcess | null = null;
let interruptedBy: (typeof SIGNALS)[number] | null = null;
for (const signal of SIGNALS) {
  process.on(signal, () => {
    interruptedBy = signal;
    running?.kill(signal);
  });
}

const scripts = (await readdir(FOLDER)).filter((name) => name.endsWith('.ts')).sort();
const failed: string[] = [];
for (const script of scripts) {
  if (interruptedBy !== null) break;
  // A process group of its own: a terminal's Ctrl-C would reach it twice, and the second means "at once".
  running = spawn(process.execPath, [`${FOLDER}${script}`], { stdio: 'inherit', detached: true });
  await once(running, 'close');
  if (running.exitCode !== 0) failed.push(script);
}
console.log(
  failed.length === 0 ? `all ${scripts.length} kinds of attacks held` : `FAILED: ${failed.join(', ')}`,
);
process.exitCode =
  interruptedBy === null ? Number(failed.length > 0) : 128 + constants.signals[interruptedBy];
