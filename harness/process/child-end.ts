/** What the harness's child processes have in common: the child's end of forked-process.ts. */

/** To be called first: without it, a process whose harness ended while it was starting would stay. */
export function endWithHarness(): void {
  process.on('disconnect', () => process.exit(0));
}

export function tellHarness(message: object): void {
  // The callback keeps a channel that closes meanwhile from throwing; 'disconnect' ends the process then.
  process.send?.(message, undefined, undefined, () => {});
}

/** @throws when the environment has no such variable, or an empty one */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`this process needs the environment variable ${name}`);
  return value;
}
