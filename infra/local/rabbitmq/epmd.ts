import { connect } from 'node:net';
import { join } from 'node:path';
import type { StartContext } from '../../backend.ts';
import { BackendStartError } from '../../errors.ts';
import { pickFreePort } from '../../ports.ts';
import { awaitAnswer } from '../process/await-answer.ts';
import { serverEnvironment } from '../process/environment.ts';
import { logTail } from '../process/log-tail.ts';
import { ServerProcess } from '../process/server-process.ts';

/** Erlang's port mapper, of our own and in the foreground. It outlives kills and restarts of the broker. */
export interface Epmd {
  readonly port: number;
  readonly process: ServerProcess;
}

const PORT_ATTEMPTS = 5;
const DEADLINE_MS = 10_000;

/** @throws BackendStartError when it does not come up on any of five ports. */
export async function startEpmd(path: string, directory: string, context: StartContext): Promise<Epmd> {
  const logPath = join(directory, 'epmd.log');
  for (let attempt = 1; ; attempt++) {
    const port = await pickFreePort();
    const process = await ServerProcess.spawn(
      {
        file: path,
        args: ['-address', '127.0.0.1', '-port', String(port)],
        env: serverEnvironment(context.runId, directory),
        cwd: directory,
        logPath,
      },
      context.onProcess,
    );
    try {
      const answer = await awaitAnswer(process, () => accepts(port), DEADLINE_MS, context.signal);
      if (answer.kind === 'answered') return { port, process };
    } catch (error) {
      await process.end();
      throw error;
    }
    await process.end();
    if (attempt === PORT_ATTEMPTS) {
      throw new BackendStartError('rabbitmq', 'its epmd did not come up', await logTail(logPath, []));
    }
  }
}

function accepts(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
