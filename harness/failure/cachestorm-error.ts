/**
 * Says who has to act on a failure. Each kind has its exit code (`harness/cli/exit-codes.ts`).
 *
 * | kind | whose it is |
 * |---|---|
 * | `usage` | the user's: an option, a scenario, a strategy or an address is wrong |
 * | `infrastructure` | the machine's: a server or a process could not be started, or was lost |
 * | `inconclusive` | the measurement's: it was made, and can't be trusted |
 * | `interrupted` | nobody's: the user ended the command |
 */
export type FailureKind = 'usage' | 'infrastructure' | 'inconclusive' | 'interrupted';

/**
 * The base of every error that a user may see. Whatever else reaches the command line is a bug of ours, and is told as one:
 * an error of Node or of a driver is wrapped where it arises, by the code that knows which server it came from.
 */
export abstract class CachestormError extends Error {
  /** Stable: scripts and `events.jsonl` name failures by it. */
  abstract readonly code: `E_${string}`;
  abstract readonly failure: FailureKind;
}
