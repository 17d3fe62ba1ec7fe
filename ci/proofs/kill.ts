/**
 * `npm run proof:kill -- [times] [seed]`: kills the harness with SIGKILL at random moments of a run, and each time
 * looks after 5 s for processes and directories of that run. Then a run must work. Linux only: it reads /proc.
 */
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { prove } from './proof.ts';

/** From before the servers start to the fourth trial. */
const LATEST_MS = 14_000;
const GRACE_MS = 5_000;

const times = Number(process.argv[2] ?? 10);
const seed = Number(process.argv[3] ?? 1);
await prove('kill', async ({ folder, signal, start, run }) => {
  const out = join(folder, 'out');
  const command = ['run', 'breakdown', '--rounds', '1', '--out', out, '--force'];
  let failures = 0;
  for (let turn = 1; turn <= times; turn++) {
    const afterMs = Math.round(LATEST_MS * fraction(seed, turn));
    await rm(out, { recursive: true, force: true });
    const harness = start(command);
    const exited = once(harness, 'exit');
    await Promise.race([delay(afterMs, undefined, { signal }), exited]);
    signal.throwIfAborted();
    if (harness.exitCode !== null) throw new Error(`the run ended by itself: exit code ${harness.exitCode}`);
    harness.kill('SIGKILL');
    await exited;
    await delay(GRACE_MS, undefined, { signal });
    const left = await remains(await runIdOf(out));
    if (left.length > 0) failures++;
    console.log(
      `killed after ${afterMs} ms: ${left.length === 0 ? 'nothing left' : `LEFT ${left.join(', ')}`}`,
    );
  }
  const { code } = await run(command);
  console.log(`the run after it: exit code ${code}`);
  return failures === 0 && code === 0;
});

/** The run's id from its first event; `null` when it was killed before that, and so before it started anything. */
async function runIdOf(out: string): Promise<string | null> {
  const [first = ''] = (await readFile(join(out, 'events.jsonl'), 'utf8').catch(() => '')).split('\n');
  return first === '' ? null : (JSON.parse(first) as { runId: string }).runId;
}

/** The run's directory, its guardian and every process that it marked. */
async function remains(runId: string | null): Promise<string[]> {
  if (runId === null) return [];
  const found = (await readdir(tmpdir())).filter((name) => name.startsWith(`cachestorm-${runId}`));
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '');
    const [environment, command] = await Promise.all([read('environ'), read('cmdline')]);
    if (!environment.includes(`CACHESTORM_RUN=${runId}`) && !command.includes(runId)) continue;
    found.push(`${pid} ${command.replaceAll('\0', ' ').slice(0, 60)}`);
  }
  return found;
}

/** In [0, 1), spread evenly whatever the seed (the golden ratio's sequence). */
function fraction(start: number, turn: number): number {
  return ((start + turn) * 0.618_033_988_75) % 1;
}
