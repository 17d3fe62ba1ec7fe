/**
 * A vitest global setup: compiles the programs that tests start again and again, once for all of them.
 *
 * Node keeps compiled modules where `NODE_COMPILE_CACHE` says, which halves the start of a program; but it writes
 * them when a program ends by itself, and the harness ends its children with SIGKILL. Started by hand, without what
 * the harness gives them, they load all their modules, refuse and end.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAMS = ['service/main', 'load/generator-main', 'selfcheck/truth-process-main', 'cli/main'];

export const COMPILE_CACHE = fileURLToPath(new URL('../node_modules/.cache/node-compile', import.meta.url));

export async function setup(): Promise<void> {
  const env = { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE };
  const compiled = PROGRAMS.map((program) => {
    const entry = fileURLToPath(new URL(`../harness/${program}.ts`, import.meta.url));
    return once(spawn(process.execPath, [entry], { env, stdio: 'ignore' }), 'exit');
  });
  await Promise.all(compiled);
}
