import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { DELETE_ALL_QUEUES, requireQueuesDeleted } from '../../rabbitmq/delete-queues.ts';
import type { RabbitmqProgram } from '../find/programs.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 30_000;

/**
 * Deletes every queue of the broker, whatever is in it.
 *
 * @throws Error when the broker does not answer within 30 s.
 */
export async function deleteAllQueues(
  program: RabbitmqProgram,
  nodeName: string,
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<void> {
  const options = { env: { ...env }, cwd, timeout: TIMEOUT_MS };
  // A broker drops the first of two callers of one name, and without a name all are called c17.
  const caller = `cachestorm-caller-${randomBytes(6).toString('hex')}`;
  // erl_call asks in 20 ms what rabbitmqctl, which boots an Erlang machine for it, asks in a second.
  const call =
    program.erlCall === undefined
      ? run(program.rabbitmqctl, ['--quiet', '--node', nodeName, 'eval', DELETE_ALL_QUEUES], options)
      : run(program.erlCall, ['-sname', nodeName, '-h', caller, '-e'], options);
  if (program.erlCall !== undefined) call.child.stdin?.end(`${DELETE_ALL_QUEUES}\n`);
  const { stdout } = await call;
  requireQueuesDeleted(stdout);
}
