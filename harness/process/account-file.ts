import { openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/**
 * Keeps a process's account of itself where it outlives the process, as a flight recorder does: what SIGKILL ends
 * can't report any more, and without its count of statements the database server's could not be held against it.
 *
 * @param path A new file, of the harness's choosing.
 * @returns Writes the account down, at once and in one piece. To be called before a statement is sent: the account
 *   then never has fewer of them than the server sees, and one more only if the process is killed just there.
 */
export function keepAccount<Account>(path: string, account: () => Account): () => void {
  const file = openSync(path, 'wx', 0o600);
  let length = 0;
  return () => {
    // Blanks over the rest of a longer one.
    const text = JSON.stringify(account()).padEnd(length);
    length = text.length;
    writeSync(file, text, 0);
  };
}

/** Reads what a process that has ended had written down last. */
export async function readAccount<Account>(path: string): Promise<Account> {
  return JSON.parse(await readFile(path, 'utf8')) as Account;
}
