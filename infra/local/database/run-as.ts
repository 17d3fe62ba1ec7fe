/** Both servers refuse to run as root unless told so by name. */
export function runAsArgs(): readonly string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}
