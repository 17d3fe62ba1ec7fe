/**
 * `npm run proof:history [-- operations]`: what ten million operations take to record and to read back, key by key:
 * under 1 GB of disk, and under 300 MB of memory for the whole process, each in one of its own.
 */
import { spawnSync } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keySource } from '../../load/keys.ts';
import { HistoryReader } from './history-reader.ts';
import { HistoryWriter } from './history-writer.ts';
import { kindOf } from './operation.ts';

const LIMIT_DISK_BYTES = 1e9;
const LIMIT_MEMORY_BYTES = 300e6;
const KEYS = 100_000;

const [operationsText = '10000000', step, path = join(tmpdir(), `proof-history-${process.pid}.bin`)] =
  process.argv.slice(2);
const operations = Number(operationsText);

if (step === 'record') record();
else if (step === 'read') readBack();
else {
  try {
    const main = fileURLToPath(import.meta.url);
    const held = ['record', 'read'].every((each) => {
      const { status } = spawnSync(process.execPath, [main, operationsText, each, path], {
        stdio: 'inherit',
      });
      return status === 0;
    });
    console.log(held ? 'held' : 'FAILED');
    process.exitCode = held ? 0 : 1;
  } finally {
    rmSync(path, { force: true });
  }
}

function record(): void {
  const nextKey = keySource({ kind: 'zipf', count: KEYS, exponent: 0.99 }, 1);
  const [read, write] = [kindOf('read', 'ok', 'hit'), kindOf('write', 'ok')];
  const drawUs = takenUs(() => {
    for (let index = 0; index < operations; index++) nextKey();
  });
  const bothUs = takenUs(() => {
    using writer = new HistoryWriter(path, 0);
    for (let index = 0; index < operations; index++) {
      const startUs = index * 100.5;
      writer.record({
        key: nextKey().key,
        kind: index % 10 === 0 ? write : read,
        session: 1 + (index % 1_000),
        writeId: 1 + Math.floor(index / 10),
        version: 0,
        startUs,
        finishUs: startUs + 1_000.25,
      });
    }
  });
  const { size } = statSync(path);
  console.log(`${operations} operations of ${KEYS} keys, ${(size / 1e6).toFixed(0)} MB of disk`);
  tell('recorded', bothUs - drawUs, size < LIMIT_DISK_BYTES);
}

function readBack(): void {
  let found = 0;
  const readUs = takenUs(() => {
    using reader = new HistoryReader(path);
    for (const { count } of reader.byKey()) found += count;
  });
  tell('read back', readUs, found === operations);
}

function tell(what: string, us: number, holds: boolean): void {
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const eachNs = (us * 1e3) / operations;
  console.log(`${what}: ${eachNs.toFixed(0)} ns of CPU each, peak memory ${(peakBytes / 1e6).toFixed(0)} MB`);
  process.exitCode = holds && peakBytes < LIMIT_MEMORY_BYTES ? 0 : 1;
}

/** CPU time. */
function takenUs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
