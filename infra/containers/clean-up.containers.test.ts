/** Whatever ends a harness, nothing of its containers is left. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../contract/eventually.ts';
import { findEngine } from '../engine/find.ts';
import { engineRequest } from '../engine/request.ts';
import { type RootRecord, readRootRecord } from '../guardian/root.ts';
import { sweepStale } from '../guardian/sweep-stale.ts';
import { imagesOf, leftOf } from './testing.ts';

const HARNESS = fileURLToPath(new URL('./fixtures/harness.ts', import.meta.url));
/** An engine removes a container in a tenth of a second; a busy one takes its time. */
const CLEAN_WITHIN_MS = 60_000;
const UP_WITHIN_MS = 120_000;

const SERVERS = (['redis', 'database'] as const).map((kind) => `${kind}=${imagesOf(kind)[0]}`);
const REDIS = SERVERS[0] ?? '';

let runs = 0;
const newRunId = () => `test-clean-up-${process.pid}-${runs++}`;
const rootOf = (runId: string) => join(tmpdir(), `cachestorm-${runId}`);

const harnesses: ChildProcess[] = [];
afterEach(() => {
  for (const child of harnesses.splice(0)) child.kill('SIGKILL');
});

interface HarnessUnderTest {
  readonly child: ChildProcess;
  /** Resolves when a line that begins with `text` was said. */
  said(text: string): Promise<void>;
}

function startHarness(runId: string, servers: readonly string[]): HarnessUnderTest {
  const child = spawn(process.execPath, [HARNESS, runId, servers.join(',')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  harnesses.push(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => lines.push(line));
  return {
    child,
    said: async (text) => {
      await eventually(() => lines.some((line) => line.startsWith(text)), `“${text}”`, UP_WITHIN_MS);
    },
  };
}

async function expectNothingLeft(runId: string): Promise<void> {
  await eventually(() => !existsSync(rootOf(runId)), `the root of ${runId} removed`, CLEAN_WITHIN_MS);
  expect(await leftOf(runId)).toEqual([]);
}

describe('a harness ended by kill -9 leaves nothing', () => {
  it('when the engine is making a container', async () => {
    const runId = newRunId();
    const harness = startHarness(runId, SERVERS);
    const creating = join(rootOf(runId), 'engine', 'creating');
    await eventually(
      () => existsSync(creating) && readdirSync(creating).length > 0,
      'a creation',
      UP_WITHIN_MS,
    );
    harness.child.kill('SIGKILL');
    await expectNothingLeft(runId);
  });

  it('when servers are starting', async () => {
    const runId = newRunId();
    const harness = startHarness(runId, SERVERS);
    await eventually(async () => (await leftOf(runId)).length >= 2, 'containers', UP_WITHIN_MS);
    harness.child.kill('SIGKILL');
    await expectNothingLeft(runId);
  });

  it('when one is paused', async () => {
    const runId = newRunId();
    const harness = startHarness(runId, [REDIS]);
    await harness.said('up');
    const { socketPath } = await findEngine();
    const [name] = await leftOf(runId);
    await engineRequest(socketPath, 'POST', `/containers${name}/pause`);
    harness.child.kill('SIGKILL');
    await expectNothingLeft(runId);
  });

  it('when its guardian is killed, too, once another run sweeps', async () => {
    const runId = newRunId();
    const harness = startHarness(runId, [REDIS]);
    await harness.said('up');
    const { guardian } = readRootRecord(rootOf(runId)) as RootRecord;
    process.kill(guardian.pid, 'SIGKILL');
    harness.child.kill('SIGKILL');
    await once(harness.child, 'exit');
    expect(await leftOf(runId)).toHaveLength(2);
    await eventually(async () => (await sweepStale()).swept.includes(runId), 'the sweep', CLEAN_WITHIN_MS);
    await expectNothingLeft(runId);
  });
});

it('an interrupted harness leaves nothing, and ends', async () => {
  for (const until of ['backend-starting', 'up']) {
    const runId = newRunId();
    const harness = startHarness(runId, [REDIS]);
    await harness.said(until);
    const exited = once(harness.child, 'exit');
    harness.child.kill('SIGINT');
    await exited;
    await expectNothingLeft(runId);
  }
});
