import { expect, test } from 'vitest';
import { loadContest } from '../catalog/contest.ts';
import { parseSetting } from '../catalog/settings.ts';
import { expandPlan } from './plan.ts';
import { type Room, roomProblems } from './room.ts';

const PLENTY: Room = { openFiles: 1e6, memoryBytes: 1e12, diskBytes: 1e13 };

async function problems(settings: readonly string[], room: Partial<Room> = {}, scenario = 'breakdown') {
  const contest = await loadContest(scenario, settings.map(parseSetting), null);
  const plan = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local', rounds: 2 });
  return roomProblems(plan, { ...PLENTY, ...room }).map(({ path, message }) => `${path}: ${message}`);
}

test('what fits, or is not known, is no problem', async () => {
  expect(await problems([])).toEqual([]);
  const unknown = { openFiles: null, memoryBytes: null, diskBytes: null };
  expect(await problems(['maxConnections=10000', 'dataset.valueBytes=1000000'], unknown)).toEqual([]);
});

test('a rate that no generator sends', async () => {
  const [first, ...others] = await problems(['load.ratePerSec=null', 'load.timesCapacity=100']);
  expect(others).toEqual([]);
  expect(first).toMatch(
    /^breakdown: load\.timesCapacity: expected a rate of at most 20,000\/s, got [\d,]+\/s; raise origin\.queryMs/,
  );
});

test('connections that need more files than a process may open', async () => {
  const sixteen = ['service.instances=16', 'maxConnections=10000'];
  expect(await problems(sixteen, { openFiles: 160_200 })).toEqual([]);
  expect(await problems(sixteen, { openFiles: 160_199 })).toEqual([
    'breakdown: maxConnections: 160,000 connections of the load generator need 160,200 open files, and this machine allows 160,199 (ulimit -Hn); ask for fewer, or raise that limit',
  ]);
  const closed = ['load={"model":"closed","connections":2000}'];
  expect(await problems(closed, { openFiles: 2_199 })).toEqual([
    'breakdown: load.connections: 2,000 connections of the load generator need 2,200 open files, and this machine allows 2,199 (ulimit -Hn); ask for fewer, or raise that limit',
  ]);
});

test('rows that the disk does not hold, once for the table and each time that they are written', async () => {
  const big = ['dataset.rows=5000000', 'dataset.valueBytes=1000000'];
  expect(await problems(big, { diskBytes: 1e12 })).toEqual([
    'breakdown: dataset.rows: the rows and the database’s log of them take 10 TB, and 800 GB of disk are free for them (TMPDIR); lower dataset.rows, dataset.valueBytes or --rounds',
  ]);
  const written = ['dataset.rows=1000', 'dataset.valueBytes=800', 'keys.count=100'];
  const [first] = await problems(written, { diskBytes: 1e6 }, 'write-consistency');
  expect(first).toMatch(/^write-consistency: dataset\.rows: .* take (?!2 MB)\d+ MB, and 800 kB/);
});

test('a cache that memory does not hold, unless it is limited', async () => {
  const big = ['dataset.rows=1000', 'dataset.valueBytes=1000000', 'preload=true'];
  expect(await problems(big, { memoryBytes: 1e9 })).toEqual([
    'breakdown: dataset.valueBytes: the cache may come to hold 1 GB, and 800 MB of memory are free for it; lower dataset.rows or dataset.valueBytes, or limit it with cache.roomBytes',
  ]);
  expect(await problems([...big, 'cache.roomBytes=1000000'], { memoryBytes: 1e9 })).toEqual([]);
});
