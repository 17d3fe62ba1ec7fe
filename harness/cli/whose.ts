import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OURS = ['harness/', 'infra/', 'reports/', 'scenarios/', 'ci/', 'node_modules/'].map(
  (folder) => ROOT + folder,
);
/** `at name (file:///a/b.ts:1:2)`, or the same without a name; of CommonJS, and in what an error quotes, a path. */
const PLACE = /(?:\(|at (?:async )?)((?:file:\/\/)?\/.*?):\d+:\d+\)?$/;

/**
 * Returns the file of the user's own that a stack leads to, or `null`: the first place in it that is neither in Node nor
 * in a package decides.
 */
export function userFileOf(stack: string): string | null {
  for (const line of stack.split('\n')) {
    const path = pathOf(PLACE.exec(line)?.[1] ?? '');
    if (path === '' || path.includes('/node_modules/')) continue;
    return OURS.some((folder) => path.startsWith(folder)) ? null : path;
  }
  return null;
}

/** Empty where there is none: the lines of a stack begin with the error's message, which may say anything. */
function pathOf(place: string): string {
  if (!place.startsWith('file:')) return place;
  try {
    return fileURLToPath(place);
  } catch {
    return '';
  }
}
