import { open } from 'node:fs/promises';

const TAIL_BYTES = 16_384;
const TAIL_LINES = 15;

/**
 * The last 15 lines of a server's log, with every one of `secrets` replaced by asterisks: a database quotes
 * the statement that it failed on, password and all. Empty when there is no log.
 */
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
  for (const secret of secrets) text = text.replaceAll(secret, '****');
  return text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}
