/**
 * `npm run proof:kill -- [times] [seed]`: ends the harness, or alone who had started it, at random moments of a run, and each
 * time looks after 5 s for processes and directories of that run. Then a run must work. Linux only: it reads /proc.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Proof, prove, type Surroundings } from './proof.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
/** From before the servers start to the fourth trial. */
const LATEST_MS = 14_000;
const GRACE_MS = 5_000;

/** Who is ended, and how. */
interface Way {
  readonly signal: NodeJS.Signals;
  readonly by?: Surroundings['by'];
  /** By its process; the default is what was started. `null`: not there yet. */
  readonly victim?: (out: string) => Promise<number | null>;
}

const npx = (args: readonly string[]) => ['npx', 'cachestorm', ...args];
const WAYS: Readonly<Record<string, Way>> = {
  'the harness, SIGKILL': { signal: 'SIGKILL' },
  'npx, SIGKILL': { signal: 'SIGKILL', by: npx },
  'npx, SIGTERM': { signal: 'SIGTERM', by: npx },
  'the shell of npx, SIGKILL': { signal: 'SIGKILL', by: npx, victim: shellOfHarness },
  'a script that calls npx, SIGKILL': {
    signal: 'SIGKILL',
    by: (args) => ['sh', '-c', `${npx(args).join(' ')}; true`],
  },
  'the terminal, SIGKILL': {
    signal: 'SIGKILL',
    by: (args) => ['script', '--quiet', '--return', '--command', npx(args).join(' '), '/dev/null'],
  },
};

const times = Number(process.argv[2] ?? 30);
const seed = Number(process.argv[3] ?? 1);
await prove('kill', async (proof) => {
  const ways = Object.entries(WAYS);
  let failures = 0;
  for (let turn = 0; turn < times; turn++) {
    const [name, way] = ways[turn % ways.length] as [string, Way];
    const out = join(proof.folder, String(turn + 1).padStart(3, '0'));
    const afterMs = Math.round(LATEST_MS * fraction(seed, turn + 1));
    await endOne(proof, way, { out, afterMs });
    await delay(GRACE_MS, undefined, { signal: proof.signal });
    const { runId, reached } = await historyOf(out);
    const left = await remains(out, runId);
    if (left.length > 0) failures++;
    const found = left.length === 0 ? 'nothing left' : `LEFT ${left.join(', ')}`;
    console.log(`${turn + 1}. ${name}, after ${afterMs} ms (${reached}): ${found}`);
  }
  console.log(`nothing left ${times - failures} of ${times} times`);
  const { code } = await proof.run(commandOf(join(proof.folder, 'last')));
  console.log(`the run after it: exit code ${code}`);
  // 4: a busy machine, which is no matter of this proof.
  return failures === 0 && (code === 0 || code === 4);
});

function commandOf(out: string): string[] {
  return ['run', 'breakdown', '--rounds', '1', '--out', out];
}

interface Moment {
  readonly out: string;
  readonly afterMs: number;
}

/** Starts a run, and ends its victim once it is there and its time has come. */
async function endOne({ start, signal }: Proof, way: Way, { out, afterMs }: Moment): Promise<void> {
  const { by, victim } = way;
  const started = start(commandOf(out), { cwd: REPOSITORY, ...(by === undefined ? {} : { by }) });
  const exited = once(started, 'exit');
  await Promise.race([delay(afterMs, undefined, { signal }), exited]);
  const pid = victim === undefined ? started.pid : await present(victim, out, started, signal);
  signal.throwIfAborted();
  if (started.exitCode !== null) throw new Error(`the run ended by itself: exit code ${started.exitCode}`);
  process.kill(pid ?? 0, way.signal);
  // Who is waited for by somebody else ends with that one.
  if (victim === undefined) await exited;
}

/** @throws Error when it does not come within a minute */
async function present(
  find: (out: string) => Promise<number | null>,
  out: string,
  started: ChildProcess,
  signal: AbortSignal,
): Promise<number | undefined> {
  for (let look = 0; look < 600 && started.exitCode === null; look++) {
    const pid = await find(out);
    if (pid !== null) return pid;
    await delay(100, undefined, { signal });
  }
  if (started.exitCode !== null) return undefined;
  throw new Error('the process that was to be ended did not come up within a minute');
}

/** The run's id from its first event, `null` when it ended before that and so before it started anything; and its last event. */
async function historyOf(out: string): Promise<{ readonly runId: string | null; readonly reached: string }> {
  const text = await readFile(join(out, 'events.jsonl'), 'utf8').catch(() => '');
  const events = text
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as { type: string; runId: string });
  return { runId: events[0]?.runId ?? null, reached: events.at(-1)?.type ?? 'no event yet' };
}

/** The run's directory, its guardian, every process that it marked, the harness and who had started that. */
async function remains(out: string, runId: string | null): Promise<string[]> {
  const directories = (await readdir(tmpdir())).filter((name) => name.startsWith(`cachestorm-${runId}`));
  const processes = (await allProcesses()).filter(
    ({ command, environment }) =>
      command.includes(` ${out}`) ||
      (runId !== null && (command.includes(runId) || environment.includes(`CACHESTORM_RUN=${runId}`))),
  );
  return [...directories, ...processes.map(({ pid, command }) => `${pid} ${command.slice(0, 60)}`)];
}

/** The shell between npx and the harness. */
async function shellOfHarness(out: string): Promise<number | null> {
  const all = await allProcesses();
  const harness = all.find(({ command }) => /^(\S*\/)?node /.test(command) && command.includes(` ${out}`));
  const parent = all.find(({ pid }) => pid === harness?.parent);
  return parent?.command.startsWith('sh ') === true ? parent.pid : null;
}

interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly environment: string;
}

async function allProcesses(): Promise<RunningProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = pids.map(async (pid) => {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '');
    const [environment, command, status] = await Promise.all([
      read('environ'),
      read('cmdline'),
      read('status'),
    ]);
    const parent = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]);
    return { pid: Number(pid), parent, command: command.replaceAll('\0', ' '), environment };
  });
  return (await Promise.all(found)).filter(({ pid }) => pid !== process.pid);
}

/** In [0, 1), spread evenly whatever the seed (the golden ratio's sequence). */
function fraction(start: number, turn: number): number {
  return ((start + turn) * 0.618_033_988_75) % 1;
}
