const TAIL_LINES = 15;

/**
 * The last 15 lines of a log, with every one of `secrets` replaced by asterisks: a database quotes the statement
 * that it failed on, password and all.
 */
export function lastLines(log: string, secrets: readonly string[]): string {
  let text = log;
  for (const secret of secrets) text = text.replaceAll(secret, '****');
  return text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}
