import { firstExecutable, pathDirectories } from '../../../infra/local/find/search.ts';
import type { Program } from '../tool.ts';

/** The program of that name on the PATH, or `null`. */
export async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<Program | null> {
  const file = await firstExecutable([name], pathDirectories(env.PATH));
  return file === undefined ? null : [file];
}
