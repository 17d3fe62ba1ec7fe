import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OURS = ['harness/', 'infra/', 'reports/', 'scenarios/', 'ci/', 'node_modules/'].map(
  (folder) => ROOT + folder,
);
/** `at name (file:///a/b.ts:1:2)`, or the same without a name. */
const PLACE = /(?:\(|at (?:async )?)(?:file:\/\/)?(\/.*?):\d+:\d+\)?$/;

/**
 * Returns the file of the user's own that a stack leads to, or `null`: the first place in it that is neither in Node nor
 * in a package decides.
 */
export function userFileOf(stack: string): string | null {
  for (const line of stack.split('\n')) {
    const path = PLACE.exec(line)?.[1];
    if (path === undefined || path.includes('/node_modules/')) continue;
    const decoded = decodeURI(path);
    return OURS.some((folder) => decoded.startsWith(folder)) ? null : decoded;
  }
  return null;
}
