import { readFile } from 'node:fs/promises';

/** What the processors of this machine did since it started, in the kernel's ticks, all cores together. */
export interface CpuTimes {
  readonly busy: number;
  /** Something here wanted to run, and the hypervisor let another machine run. */
  readonly stolen: number;
}

/** `null` where the kernel does not tell: it is not Linux. */
export async function readCpuTimes(): Promise<CpuTimes | null> {
  const text = await readFile('/proc/stat', 'latin1').catch(() => null);
  return text === null ? null : parseCpuTimes(text);
}

/** From the first line of `/proc/stat` (`man 5 proc_stat`); `null` when it has no steal column. */
export function parseCpuTimes(stat: string): CpuTimes | null {
  const columns = /^cpu +([\d ]+)$/m.exec(stat)?.[1]?.trim().split(/ +/).map(Number);
  if (columns === undefined) return null;
  // The later columns, of guests, are in `user` and `nice` already.
  const [user, nice, system, , , irq, softirq, stolen] = columns;
  if (stolen === undefined) return null;
  return { busy: (user ?? 0) + (nice ?? 0) + (system ?? 0) + (irq ?? 0) + (softirq ?? 0), stolen };
}

/**
 * The share of the CPU time that was asked for and not given, 0 to 1: of the time, not of the cores, so that
 * idle cores of a large machine hide nothing.
 */
export function stealShare(before: CpuTimes | null, after: CpuTimes | null): number | null {
  if (before === null || after === null) return null;
  const stolen = after.stolen - before.stolen;
  const asked = after.busy - before.busy + stolen;
  return asked > 0 ? Math.max(0, stolen / asked) : null;
}
