import { fstatSync, readSync, type Stats, statSync } from 'node:fs';
import { type Descent, descentOf, isAlive } from './processes.ts';

/** A process that started this one, or started who did. */
export interface Starter {
  readonly pid: number;
  readonly name: string;
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
export function findStarters(): Starter[] {
  const starters: Starter[] = [];
  const me = descentOf(process.pid);
  let child: Descent | undefined = me;
  let childHasInput = !isNull(() => fstatSync(0));
  while (me !== undefined && child !== undefined && child.parent > 1) {
    const pid = child.parent;
    const parent = descentOf(pid);
    if (parent === undefined || parent.group !== me.group) break;
    const hasInput = !isNull(() => statSync(`/proc/${pid}/fd/0`));
    if (SHELL.test(parent.name) && hasInput && !childHasInput) break;
    starters.push({ pid, name: parent.name });
    child = parent;
    childHasInput = hasInput;
  }
  return starters;
}

/** Looks again and again whether one of them has ended, and says so once. */
export function watchStarters(onEnded: (starter: Starter) => void): Disposable {
  const starters = findStarters();
  const timer = setInterval(() => {
    const ended = starters.find(({ pid }) => !isAlive(pid));
    if (ended === undefined) return;
    clearInterval(timer);
    onEnded(ended);
  }, LOOK_MS);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
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
