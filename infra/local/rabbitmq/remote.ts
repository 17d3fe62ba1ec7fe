import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RabbitmqProgram } from '../find/programs.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 30_000;
const DONE = 'cachestorm_done';

/**
 * Deletes every queue of the broker, whatever is in it.
 *
 * Deleting and not purging: a purge leaves the messages that a consumer holds unacknowledged, which come
 * back when it closes; and a queue left over would refuse the next declaration with other arguments.
 * Consumers of a deleted queue are told so (`basic.cancel`). AMQP itself can't list queues, and the
 * management plugin costs boot time, so the broker is asked in its own language.
 *
 * @throws Error when the broker does not answer within 30 s.
 */
export async function deleteAllQueues(
  program: RabbitmqProgram,
  nodeName: string,
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<void> {
  const expression = [
    'lists:foreach(fun(Q) -> rabbit_amqqueue:delete(Q, false, false, <<"cachestorm">>) end,',
    `rabbit_amqqueue:list()), ${DONE}.`,
  ].join(' ');
  const options = { env: { ...env }, cwd, timeout: TIMEOUT_MS };
  // erl_call asks in 20 ms what rabbitmqctl, which boots an Erlang machine for it, asks in a second.
  const call =
    program.erlCall === undefined
      ? run(program.rabbitmqctl, ['--quiet', '--node', nodeName, 'eval', expression], options)
      : run(program.erlCall, ['-sname', nodeName, '-e'], options);
  if (program.erlCall !== undefined) call.child.stdin?.end(`${expression}\n`);
  const { stdout } = await call;
  if (!stdout.includes(DONE)) throw new Error(`RabbitMQ did not delete its queues: ${stdout.slice(0, 500)}`);
}
