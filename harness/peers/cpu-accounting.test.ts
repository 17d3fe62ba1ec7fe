import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { systemClock } from '../time/clock.ts';
import { cpuBetween, parseStat, treeCpuUs, watchCpu } from './cpu-accounting.ts';

/** Field by field as proc(5) numbers them; a command may hold what it likes. */
const STAT = '4242 (a) b (c d) S 17 4242 4242 0 -1 4194560 900 0 0 0 150 25 30 5 20 0 11 0 99 0 0';

it('reads user and system time of a process and of its children that were waited for', () => {
  expect(parseStat(STAT)).toEqual({ pid: 4242, parent: 17, cpuUs: (150 + 25 + 30 + 5) * 10_000 });
  expect(parseStat('')).toBeNull();
});

it('reads those of this process', () => {
  const { user, system } = process.cpuUsage();
  const read = parseStat(readFileSync('/proc/self/stat', 'latin1'));
  expect(read).toMatchObject({ pid: process.pid, parent: process.ppid });
  // User and system are each rounded down to a step.
  expect(read?.cpuUs).toBeGreaterThanOrEqual(user + system - 20_000);
});

it('adds up a tree, whatever the order, and nobody else', () => {
  const processes = [
    { pid: 30, parent: 20, cpuUs: 4 },
    { pid: 20, parent: 10, cpuUs: 2 },
    { pid: 10, parent: 1, cpuUs: 1 },
    { pid: 11, parent: 1, cpuUs: 100 },
    { pid: 12, parent: 11, cpuUs: 100 },
  ];
  expect(treeCpuUs(10, processes)).toBe(7);
  expect(treeCpuUs(99, processes)).toBe(0);
});

it('draws a straight line between samples, and none beyond them', () => {
  const samples = [
    { atUs: 100, cpuUs: 0 },
    { atUs: 200, cpuUs: 50 },
    { atUs: 400, cpuUs: 50 },
    { atUs: 500, cpuUs: 90 },
  ];
  expect(cpuBetween(samples, 150, 450)).toBe(70 - 25);
  expect(cpuBetween(samples, 200, 400)).toBe(0);
  expect(cpuBetween(samples, 50, 450)).toBeNull();
  expect(cpuBetween(samples, 150, 501)).toBeNull();
  expect(cpuBetween([], 1, 2)).toBeNull();
});

it('sees what a grandchild uses', async () => {
  const spin = JSON.stringify('for (;;);');
  const parent = `require('node:child_process').spawn(process.execPath, ['-e', ${spin}]); setInterval(() => {}, 1e3);`;
  const child = spawn(process.execPath, ['-e', parent], { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  try {
    // Far more than two starts of Node cost, which are in it as well: only a spinning one gets there.
    await expect.poll(() => usedBy(child.pid ?? 0), { timeout: 15_000 }).toBeGreaterThan(800_000);
  } finally {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
  }
}, 20_000);

function usedBy(pid: number): number {
  return watchCpu(pid, systemClock).stop().at(-1)?.cpuUs ?? 0;
}
