import { readdirSync, readFileSync } from 'node:fs';
import type { Clock } from '../time/clock.ts';

/** CPU time that a process tree had used by a time of the monotonic clock; both in microseconds. */
export interface CpuSample {
  readonly atUs: number;
  readonly cpuUs: number;
}

/** What /proc counts CPU time in: 100 a second on every architecture that Node runs on (USER_HZ). */
const TICK_US = 10_000;

interface ProcessTimes {
  readonly pid: number;
  readonly parent: number;
  /** User and system time, its own and that of children which ended and were waited for. */
  readonly cpuUs: number;
}

/** Reads one /proc/PID/stat. `null` when it is none. */
export function parseStat(stat: string): ProcessTimes | null {
  // The second field is the command in parentheses, which may itself hold blanks and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [parent, user, system, childUser, childSystem] = [1, 11, 12, 13, 14].map((index) =>
    Number(fields[index]),
  ) as [number, number, number, number, number];
  const cpuUs = (user + system + childUser + childSystem) * TICK_US;
  const pid = Number.parseInt(stat, 10);
  return Number.isFinite(cpuUs) && Number.isFinite(pid) ? { pid, parent, cpuUs } : null;
}

/** CPU time of a process and all its descendants: a tool may keep its work in a child, as ours does. */
export function treeCpuUs(root: number, processes: readonly ProcessTimes[]): number {
  const tree = new Set([root]);
  // Parents may stand behind their children: the kernel uses numbers anew.
  for (let before = 0; before !== tree.size; ) {
    before = tree.size;
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid);
  }
  return processes.reduce((sum, { pid, cpuUs }) => (tree.has(pid) ? sum + cpuUs : sum), 0);
}

/**
 * CPU time used between two times, in microseconds, a straight line between samples.
 *
 * @returns `null` when the samples do not cover it
 */
export function cpuBetween(samples: readonly CpuSample[], fromUs: number, toUs: number): number | null {
  const from = cpuAt(samples, fromUs);
  const to = cpuAt(samples, toUs);
  return from === null || to === null ? null : to - from;
}

function cpuAt(samples: readonly CpuSample[], atUs: number): number | null {
  const index = samples.findIndex((sample) => sample.atUs >= atUs);
  const [before, after] = [samples[index - 1], samples[index]];
  if (before === undefined || after === undefined) return null;
  const share = (atUs - before.atUs) / (after.atUs - before.atUs);
  return before.cpuUs + share * (after.cpuUs - before.cpuUs);
}

/** A sample costs a millisecond or so: about a hundredth of a core. */
const SAMPLE_EVERY_MS = 100;

/** Samples the CPU time of a process tree until stopped. Linux only. */
export function watchCpu(root: number, clock: Clock): { stop(): readonly CpuSample[] } {
  const samples: CpuSample[] = [];
  const sample = (): void => {
    const processes = allProcesses();
    // An ended process has nothing to tell, and would look like time given back.
    if (processes.some(({ pid }) => pid === root)) {
      samples.push({ atUs: clock.nowUs(), cpuUs: treeCpuUs(root, processes) });
    }
  };
  sample();
  const timer = setInterval(sample, SAMPLE_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return samples;
    },
  };
}

function allProcesses(): readonly ProcessTimes[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}
