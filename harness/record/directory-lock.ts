import { readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { startTimeOf } from '../../infra/guardian/processes.ts';

const LOCK = /^\.running-(\d+)$/;

/** Whether a name in a directory is that of a lock. */
export function isLock(name: string): boolean {
  return LOCK.test(name);
}

/** Somebody else has the lock. */
export interface TakenLock {
  readonly path: string;
  /** Process id and host, or what else stands in the lock. */
  readonly owner: string;
}

/**
 * Keeps a directory for this process, until the lock is disposed or the process ends.
 *
 * A lock is a symbolic link that points to its owner: made whole in one step, or not at all. It is never taken from
 * anybody: a dead owner's lock is followed by one of the next number, which only one process can make.
 *
 * @returns whose lock it is when another process has the directory
 */
export function lockDirectory(directory: string): Disposable | TakenLock {
  for (;;) {
    const taken = takenIn(directory, null);
    if (taken !== null) return taken;
    const path = join(directory, `.running-${Math.max(0, ...numbersIn(directory)) + 1}`);
    try {
      symlinkSync(ownName(), path);
    } catch (error) {
      // Another process was faster, and is alive: the next look finds it.
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue;
      throw error;
    }
    const remove = () => rmSync(path, { force: true });
    // One that looked before a lock was removed may have made a number that is free again.
    const other = takenIn(directory, path);
    if (other !== null) {
      remove();
      return other;
    }
    for (const number of numbersIn(directory)) {
      const dead = join(directory, `.running-${number}`);
      if (dead !== path) rmSync(dead, { force: true });
    }
    // For an end at once, by a second Ctrl-C.
    process.once('exit', remove);
    return {
      [Symbol.dispose]() {
        process.off('exit', remove);
        remove();
      },
    };
  }
}

function numbersIn(directory: string): number[] {
  return readdirSync(directory).flatMap((name) => {
    const number = LOCK.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

/** A lock of somebody who is alive, or of whom that can't be told. */
function takenIn(directory: string, own: string | null): TakenLock | null {
  for (const number of numbersIn(directory)) {
    const path = join(directory, `.running-${number}`);
    if (path === own) continue;
    let owner: string;
    try {
      owner = readlinkSync(path);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') continue;
      return { path, owner: 'unknown' };
    }
    const [pid = '', startTime = '', host = ''] = owner.split(':');
    if (host === hostname() && startTimeOf(Number(pid)) !== startTime) continue;
    return { path, owner: `process ${pid} on ${host}` };
  }
  return null;
}

function ownName(): string {
  return `${process.pid}:${startTimeOf(process.pid) ?? ''}:${hostname()}`;
}
