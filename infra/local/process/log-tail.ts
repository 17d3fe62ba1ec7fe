import { open } from 'node:fs/promises';
import { lastLines } from '../../last-lines.ts';

const TAIL_BYTES = 16_384;

/** The last lines of a server's log, as `lastLines` gives them. Empty when there is no log. */
export async function logTail(path: string, secrets: readonly string[]): Promise<string> {
  let text: string;
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const buffer = Buffer.alloc(size - start);
    await file.read(buffer, 0, buffer.length, start);
    text = buffer.toString('utf8');
  } catch {
    return '';
  }
  return lastLines(text, secrets);
}
