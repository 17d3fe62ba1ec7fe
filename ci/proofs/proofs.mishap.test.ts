/** A proof that is interrupted ends its run in the run's own way, and leaves nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** The temporary directory of the proof, of its runs and of their servers. */
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proofs-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Ids of processes that live in the folder. */
async function processes(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
    if (environment.split('\0').includes(`TMPDIR=${folder}`)) found.push(pid);
  }
  return found;
}

/** Waits until the proof's run has written such an event. */
async function sawEvent(type: string): Promise<void> {
  const events = async () => {
    const files = (await readdir(folder, { recursive: true })).filter((file) =>
      file.endsWith('events.jsonl'),
    );
    const texts = files.map((file) => readFile(join(folder, file), 'utf8').catch(() => ''));
    return (await Promise.all(texts)).join('');
  };
  await expect.poll(events, { timeout: 30_000, interval: 20 }).toContain(`"type":"${type}"`);
}

test.each([
  ['breakdown', 'SIGINT', 130],
  ['paired', 'SIGTERM', 143],
  ['kill', 'SIGINT', 130],
] as const)('proof:%s and %s', async (name, signal, expected) => {
  const proof = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [proof], {
    env: { ...process.env, TMPDIR: folder, CI: 'true' },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await sawEvent('stack-starting');
  child.kill(signal);
  const [code] = await ended;
  expect(code).toBe(expected);
  expect(await readdir(folder)).toEqual([]);
  await expect.poll(processes, { timeout: 5_000 }).toEqual([]);
});
