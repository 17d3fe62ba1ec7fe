import { join } from 'node:path';
import { systemClock } from '../../../harness/time/clock.ts';
import type { StartContext } from '../../backend.ts';
import type { DatabaseProgram } from '../find/programs.ts';
import { serverEnvironment } from '../process/environment.ts';
import { logTail } from '../process/log-tail.ts';
import { ServerProcess } from '../process/server-process.ts';
import { startFailure } from '../space.ts';
import type { Dialect } from './dialect.ts';
import { runAsArgs } from './run-as.ts';

/** MySQL takes 3 to 10 s on two busy cores, MariaDB 0.3. */
const DEADLINE_MS = 120_000;
const POLL_MS = 10;

/**
 * Runs the server once to fill the empty `datadir`; its log goes to `directory`.
 *
 * @throws BackendStartError when it fails, with the end of its log.
 */
export async function initialiseDatadir(
  program: DatabaseProgram,
  dialect: Dialect,
  datadir: string,
  directory: string,
  context: StartContext,
): Promise<void> {
  const logPath = join(directory, 'initialise.log');
  const { args, input } = await dialect.initialise(program, datadir);
  const process = await ServerProcess.spawn(
    {
      file: program.path,
      args: [
        '--no-defaults',
        ...runAsArgs(),
        ...dialect.shapeArgs,
        `--tmpdir=${join(directory, 'tmp')}`,
        ...args,
      ],
      env: serverEnvironment(context.runId, directory),
      cwd: directory,
      logPath,
      ...(input === undefined ? {} : { input }),
    },
    context.onProcess,
  );
  try {
    const deadlineUs = systemClock.nowUs() + DEADLINE_MS * 1e3;
    while (process.exit === undefined && systemClock.nowUs() < deadlineUs) {
      await systemClock.sleep(POLL_MS, context.signal);
    }
  } finally {
    await process.end();
  }
  if (process.exit?.code !== 0) {
    const reason = 'initialising its data directory failed';
    const server = { product: program.product, directory: datadir };
    throw await startFailure(server, reason, await logTail(logPath, []));
  }
}
