import { RUN_VARIABLE } from '../../guardian/marker.ts';

/** What a server may need to be found and to run at all: library paths for binaries outside the system's. */
const KEPT = ['PATH', 'LANG', 'LC_ALL', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'DYLD_FALLBACK_LIBRARY_PATH'];

/**
 * The environment of a server: the run's marker, a private home, and little else.
 *
 * Servers take settings from theirs (RABBITMQ_*, ERL_*, MYSQL_*), and the machine's must not leak into a
 * measurement; nor need a server see the user's tokens.
 */
export function serverEnvironment(
  runId: string,
  home: string,
  additional: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of KEPT) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return { ...kept, HOME: home, TMPDIR: home, [RUN_VARIABLE]: runId, ...additional };
}
