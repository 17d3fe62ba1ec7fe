import { readFile, rename, writeFile } from 'node:fs/promises';

/** A place in the binary log, between two transactions. */
export interface LogPosition {
  /** Such as `binlog.000003`. */
  readonly file: string;
  /** Bytes from the file's start. */
  readonly offset: number;
}

/** Negative when `a` lies before `b`, positive after it, 0 when they are the same place. */
export function comparePositions(a: LogPosition, b: LogPosition): number {
  // The number grows a digit after file 999999.
  return fileNumber(a) - fileNumber(b) || a.offset - b.offset;
}

function fileNumber({ file }: LogPosition): number {
  return Number(/\d+$/.exec(file)?.[0] ?? 0);
}

/** @returns `null` when none was saved */
export async function readPosition(path: string): Promise<LogPosition | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return JSON.parse(text) as LogPosition;
}

/** In one step: who is killed meanwhile leaves the old one or the new one, and never a part of it. */
export async function savePosition(path: string, position: LogPosition): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(position), { mode: 0o600 });
  await rename(`${path}.new`, path);
}
