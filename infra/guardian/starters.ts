import { fstatSync, readSync, type Stats, statSync } from 'node:fs';
import { type Descent, descentOf, isAlive } from './processes.ts';

/** A process that started this one, or started who did. */
export interface Starter {
  readonly pid: number;
  readonly name: string;
}

/** Who started this process. */
export interface Origin {
  /** Those that are there, the nearest first. */
  readonly starters: readonly Starter[];
  /** One of them has ended already. */
  readonly orphaned: boolean;
}

const SHELL = /sh$/;
/** Some 50 us of CPU each: rarely enough to leave a measurement alone. */
const LOOK_MS = 500;

/**
 * Finds the processes that started this one and belong to its process group: npx or npm, their shell, a script. A Ctrl-C
 * reaches all of a group; but when one of them is ended alone, nobody tells the others.
 *
 * Whoever leads its group was given it to live on its own, and has no such processes: the job of an interactive shell,
 * and what setsid, systemd or a container starts. The end of their terminal reaches them as SIGHUP.
 *
 * Nor does a shell belong to them that has put us into the background: a script that ends after `nohup cachestorm run &`,
 * also over ssh. Without job control POSIX has it give such a command an empty standard input.
 */
export function findOrigin(env: NodeJS.ProcessEnv = process.env): Origin {
  const starters: Starter[] = [];
  const me = descentOf(process.pid);
  if (me === undefined) return { starters, orphaned: false };
  let top = { ...me, pid: process.pid, hasInput: !isNull(() => fstatSync(0)) };
  while (top.parent > 1) {
    const pid = top.parent;
    const parent = descentOf(pid);
    if (parent === undefined || parent.group !== me.group) break;
    const hasInput = !isNull(() => statSync(`/proc/${pid}/fd/0`));
    if (SHELL.test(parent.name) && hasInput && !top.hasInput) return { starters, orphaned: false };
    starters.push({ pid, name: parent.name });
    top = { ...parent, pid, hasInput };
  }
  // Who leads the group is the first. Any other was started by somebody of it, or in a pipe, by a shell that is there.
  if (top.pid === me.group || !isOrphan(top)) return { starters, orphaned: false };
  const byNpm = env.npm_execpath !== undefined && starters.every(({ name }) => SHELL.test(name));
  return { starters, orphaned: top.hasInput || byNpm };
}

/** Whether its parent is one that takes in orphans. Those are of another session than all of their children. */
function isOrphan({ parent, session }: Descent): boolean {
  const adopter = descentOf(parent);
  return session === undefined || adopter?.session === undefined ? parent === 1 : adopter.session !== session;
}

/** Says once, at once or later, that one of them has ended. */
export function watchStarters(onEnded: (who: string) => void): void {
  const { starters, orphaned } = findOrigin();
  if (orphaned) {
    onEnded('the process');
    return;
  }
  const timer = setInterval(() => {
    const ended = starters.find(({ pid }) => !isAlive(pid));
    if (ended === undefined) return;
    clearInterval(timer);
    onEnded(`${ended.name} (process ${ended.pid})`);
  }, LOOK_MS);
  timer.unref();
}

/**
 * Whether nohup started this process on a terminal: it gives it a standard input that can't even be read. That SIGHUP is
 * to be ignored does not show, as Node.js undoes it at its start.
 */
export function startedByNohup(): boolean {
  if (!isNull(() => fstatSync(0))) return false;
  try {
    readSync(0, new Uint8Array(1));
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EBADF';
  }
}

/** Whether it is /dev/null. What can't be looked at is taken for something else. */
function isNull(look: () => Stats): boolean {
  try {
    return look().rdev === statSync('/dev/null').rdev;
  } catch {
    return false;
  }
}
