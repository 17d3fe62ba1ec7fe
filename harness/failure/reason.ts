/** Returns what an error says, to be quoted in the sentence of another one. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
