#!/usr/bin/env node
// npm run images [-- NAME...] [-- COMMAND...]: makes the images that the container tests run on (all of them, or
// those named), and runs a command for which DOCKER_HOST leads to an engine that has them. An engine that was started
// for it is stopped when the command has ended.
//
// Exit codes: that of the command; 0 without one; 2 wrong usage; 3 no engine, or an image could not be made;
// 130 interrupted.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CommandError, output } from './command.ts';
import { EngineError, openEngine } from './engine.ts';
import { IMAGES } from './images.ts';
import { makeImages } from './make.ts';

const UNDOES_WITHIN_MS = 30_000;
const INSTALL = fileURLToPath(new URL('./install.sh', import.meta.url));

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    process.exitCode = 128 + constants.signals[signal];
    interrupted.abort(new Error(`interrupted by ${signal}`));
  });
}

const say = (line: string) => process.stderr.write(`${line}\n`);
const { signal } = interrupted;
try {
  const code = await main(process.argv.slice(2));
  if (!signal.aborted) process.exitCode = code;
} catch (error) {
  if (!signal.aborted) {
    if (!(error instanceof CommandError || error instanceof EngineError)) throw error;
    say(`images: ${error.message}`);
    process.exitCode = 3;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const names = args.slice(0, end);
  const command = args.slice(end + 1);
  const unknown = names.filter((name) => !IMAGES.some((image) => image.name === name));
  if (unknown.length > 0) {
    say(
      `images: no image ${unknown.join(', ')}: expected some of ${IMAGES.map(({ name }) => name).join(', ')}`,
    );
    return 2;
  }
  const install = (...programs: string[]) => output([INSTALL, ...programs], { signal });
  await install('docker', 'mmdebstrap');
  await using engine = await openEngine({ signal, install });
  const chosen = names.length === 0 ? IMAGES : IMAGES.filter(({ name }) => names.includes(name));
  await makeImages(chosen, { env: engine.env, signal }, ({ tag, isNew }) =>
    say(`${tag}: ${isNew ? 'made' : 'is there'}`),
  );
  // Awaited here: the engine is stopped when this function is left.
  return command.length === 0 ? 0 : await runCommand(command, engine.env);
}

/**
 * Its exit code. An interrupt is handed on to it and all that it has started, as a terminal would: npm keeps a signal to
 * itself, and the tests below it would go on. Their end is waited for.
 */
async function runCommand(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const child = spawn(program, args, { env, stdio: 'inherit', detached: true });
  const pass = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
  };
  signal.addEventListener('abort', pass, { once: true });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    if (signal.aborted) await endOfGroup(child.pid ?? 0);
    return code ?? 1;
  } catch (cause) {
    throw new CommandError(`${program}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  } finally {
    signal.removeEventListener('abort', pass);
  }
}

/** Who undoes what it has begun may need the engine for it. */
async function endOfGroup(leader: number): Promise<void> {
  const deadline = Date.now() + UNDOES_WITHIN_MS;
  while (Date.now() < deadline) {
    try {
      process.kill(-leader, 0);
    } catch {
      return;
    }
    await delay(50);
  }
}
