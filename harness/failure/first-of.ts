/** Returns what an error was thrown for, rather than what failed in the clean-up after it. */
export function firstOf(error: unknown): unknown {
  return error instanceof SuppressedError ? firstOf(error.suppressed) : error;
}
