import { join } from 'node:path';

/** A file system takes 255 bytes a name; three names of the longest kind and the time fit in. */
const NAMED = 3;

/** Returns where a run goes that was given no directory: by its time and the scenarios, of many the first. */
export function defaultDirectory(scenarios: readonly string[], wallMs: number): string {
  const stamp = new Date(wallMs).toISOString().slice(0, 19).replace(/:/g, '-');
  const more = scenarios.length - NAMED;
  const names = [...scenarios.slice(0, NAMED), ...(more > 0 ? [`${more}-more`] : [])];
  return join('cachestorm-runs', `${stamp}-${names.join('+')}`);
}
