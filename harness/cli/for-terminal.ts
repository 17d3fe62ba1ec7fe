import { forPeople } from '../../infra/external/credentials.ts';
import { escapeHidden } from '../scenario/text.ts';

/**
 * Returns text that may quote the files of somebody else, or addresses, as a terminal may have it: it obeys nothing in it,
 * and nobody reads a password.
 */
export function forTerminal(text: string): string {
  return escapeHidden(forPeople(text));
}

/** Writes one line for people, as `forTerminal` has it. */
export function writeLine(stream: NodeJS.WritableStream, line: string): void {
  stream.write(`${forTerminal(line)}\n`);
}
