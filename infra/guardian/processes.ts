// Loaded by the guardian's own process: nothing but node: built-ins and neighbours of the same kind.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { RUN_VARIABLE } from './marker.ts';

const onLinux = process.platform === 'linux';

/**
 * The ids of all processes but this one that carry a run's marker in their environment.
 *
 * An id alone proves nothing, as the kernel uses ids anew; the marker is inherited by grandchildren and
 * can't be carried by a stranger. Processes of other users can't be read and are never ours.
 */
export function markedProcesses(runId: string): number[] {
  const found = onLinux ? markedInProc(runId) : markedInPs(runId);
  return found.filter((pid) => pid !== process.pid);
}

function markedInProc(runId: string): number[] {
  const marker = `\0${RUN_VARIABLE}=${runId}\0`;
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      if (!Number.isInteger(pid)) return false;
      try {
        // A process that has ended and not been waited for has an empty environment.
        return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}\0`.includes(marker);
      } catch {
        return false;
      }
    });
}

/** BSD and macOS: `ps -E` appends the environment to the command, for processes of the same user. */
function markedInPs(runId: string): number[] {
  const marker = ` ${RUN_VARIABLE}=${runId} `;
  try {
    return execFileSync('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='], {
      encoding: 'latin1',
      maxBuffer: 64 << 20,
    })
      .split('\n')
      .filter((line) => `${line} `.includes(marker))
      .map((line) => Number.parseInt(line, 10));
  } catch {
    return [];
  }
}

/**
 * When a process started, in a form that only serves to be compared; undefined when there is none.
 * Together with the id it names one process for as long as the machine is up.
 */
export function startTimeOf(pid: number): string | undefined {
  try {
    if (!onLinux) {
      const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'latin1' }).trim();
      return text === '' ? undefined : text;
    }
    const fields = statFields(pid);
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Where a process comes from; undefined when there is none. */
export interface Descent {
  readonly parent: number;
  readonly group: number;
  /** Undefined where it can't be known: anywhere but on Linux. */
  readonly session?: number;
  /** Its program's name, cut after 15 letters. */
  readonly name: string;
}

export function descentOf(pid: number): Descent | undefined {
  try {
    if (onLinux) {
      const [, parent, group, session] = statFields(pid);
      const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
      return { parent: Number(parent), group: Number(group), session: Number(session), name };
    }
    const text = execFileSync('ps', ['-o', 'ppid=,pgid=,comm=', '-p', String(pid)], { encoding: 'latin1' });
    const [, parent, group, name = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)/.exec(text) ?? [];
    return parent === undefined
      ? undefined
      : { parent: Number(parent), group: Number(group), name: basename(name.trim()) };
  } catch {
    return undefined;
  }
}

/** Whether a process still runs. On Linux one that has ended and was not waited for does not. */
export function isAlive(pid: number): boolean {
  if (onLinux) return startTimeOf(pid) !== undefined;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Whether anybody in a process group still runs. A child whose parent is gone waits, dead, for pid 1 to
 * collect it; in a container that may take seconds or for ever, and it counts as gone.
 */
export function groupIsAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch {
    return false;
  }
  if (!onLinux) return true;
  return readdirSync('/proc').some((name) => {
    try {
      const [state, , ownGroup] = statFields(Number(name));
      return Number(ownGroup) === group && state !== 'Z' && state !== 'X';
    } catch {
      return false;
    }
  });
}

/** Whether SIGSTOP has taken effect; where that can't be seen, it is taken for granted. */
export function isStopped(pid: number): boolean {
  if (!onLinux) return true;
  try {
    return statFields(pid)[0] === 'T';
  } catch {
    return false;
  }
}

/** The fields of /proc/PID/stat from the third on: state, parent, group ... */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The second field is the command in parentheses, which may itself hold blanks and parentheses.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

export function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone by itself.
  }
}
