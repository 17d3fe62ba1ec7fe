import type { BackendKind, StartedBackend } from '../../infra/backend.ts';
import type { Stack } from '../../infra/stack.ts';
import { connectToDatabase } from '../probes/database-connection.ts';
import { asking } from '../probes/probe-error.ts';
import { connectToRedis } from '../probes/redis.ts';
import type { ServerFault } from './fault.ts';

/** What puts a server right again. */
export type PutRight = () => Promise<void>;

/**
 * Has a server of the stack fail, and resolves, once it does, with what puts it right.
 *
 * @throws ProbeError, or one of `infra`, when the server can't be made to: a storm without its fault is another storm
 */
export async function breakServer(fault: ServerFault, stack: Pick<Stack, 'get'>): Promise<PutRight> {
  const server = stack.get(targetOf(fault));
  const putRight = await asking(server.product, () => breakOne(fault, server));
  return () => asking(server.product, putRight);
}

function targetOf(fault: ServerFault): BackendKind {
  switch (fault.kind) {
    case 'pause':
    case 'restart':
      return fault.target;
    case 'refuse':
      return 'redis';
    case 'read-only':
      return 'database';
  }
}

async function breakOne(fault: ServerFault, server: StartedBackend): Promise<PutRight> {
  switch (fault.kind) {
    case 'pause':
      await server.pause();
      return () => server.resume();
    case 'restart':
      await server.kill();
      return () => server.restart();
    case 'refuse':
      return refuseCommands(fault.commands, server.url('probe'));
    case 'read-only':
      return refuseWrites(server.url('probe'));
  }
}

/** All roles are one user to Redis, so the harness may not use the commands either. */
async function refuseCommands(commands: readonly string[], url: string): Promise<PutRight> {
  const redis = await connectToRedis(url);
  const permit = (sign: '+' | '-') =>
    redis.acl('SETUSER', 'default', ...commands.map((name) => `${sign}${name}`));
  try {
    await permit('-');
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return async () => {
    await permit('+');
    redis.disconnect();
  };
}

/** Waits for the writes that are under way, which still succeed. */
async function refuseWrites(url: string): Promise<PutRight> {
  const database = await connectToDatabase(url);
  const set = (value: 'ON' | 'OFF') => database.query(`SET GLOBAL read_only = ${value}`);
  try {
    await set('ON');
  } catch (error) {
    await database.end();
    throw error;
  }
  return async () => {
    await set('OFF');
    await database.end();
  };
}
