/**
 * `npm run proof:history [-- operations]`: what ten million operations take to record and to read back, key by key:
 * under 1 GB of disk, and under 300 MB of memory for the whole process.
 */
import { rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keySource } from '../../load/keys.ts';
import { HistoryReader } from './history-reader.ts';
import { HistoryWriter } from './history-writer.ts';
import { kindOf } from './operation.ts';

const LIMIT_DISK_BYTES = 1e9;
const LIMIT_MEMORY_BYTES = 300e6;
const KEYS = 100_000;

const operations = Number(process.argv[2] ?? 10_000_000);
let mark = process.cpuUsage();
const path = join(tmpdir(), `proof-history-${process.pid}.bin`);
try {
  const nextKey = keySource({ kind: 'zipf', count: KEYS, exponent: 0.99 }, 1);
  const [read, write] = [kindOf('read', 'ok', 'hit'), kindOf('write', 'ok')];
  for (let index = 0; index < operations; index++) nextKey();
  const drawUs = takenUs();
  {
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
  }
  const recordUs = takenUs() - drawUs;
  const recordedBytes = peakBytes();
  const { size } = statSync(path);

  let found = 0;
  {
    using reader = new HistoryReader(path);
    for (const { count } of reader.byKey()) found += count;
  }
  const readUs = takenUs();
  const held = found === operations && size < LIMIT_DISK_BYTES && peakBytes() < LIMIT_MEMORY_BYTES;
  console.log(
    `${operations} operations of ${KEYS} keys, ${(size / 1e6).toFixed(0)} MB of disk
recorded: ${((recordUs * 1e3) / operations).toFixed(0)} ns of CPU each, peak memory ${(recordedBytes / 1e6).toFixed(0)} MB
read back: ${((readUs * 1e3) / operations).toFixed(0)} ns of CPU each, peak memory ${(peakBytes() / 1e6).toFixed(0)} MB
${held ? 'held' : 'FAILED'}`,
  );
  process.exitCode = held ? 0 : 1;
} finally {
  rmSync(path, { force: true });
}

/** CPU time since the last call. */
function takenUs(): number {
  const { user, system } = process.cpuUsage(mark);
  mark = process.cpuUsage();
  return user + system;
}

/** Of the whole process, since its start. */
function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
