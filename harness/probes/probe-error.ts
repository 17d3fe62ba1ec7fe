import { CachestormError } from '../failure/cachestorm-error.ts';
import { reasonOf } from '../failure/reason.ts';

/** A server did not do what the harness asked of it: it is gone, does not answer, or refuses. */
export class ProbeError extends CachestormError {
  readonly code = 'E_PROBE';
  readonly failure = 'infrastructure';
  override readonly name = 'ProbeError';

  constructor(server: string, cause: unknown) {
    const how = refuses(cause) ? 'refuses what the harness asks' : 'does not answer any more';
    super(`${server} ${how}: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Does `work`, which asks a server. A driver's error says neither which server it came from nor that a server is at fault.
 * Errors of the project's own classes stay, and so do those that only a bug of ours throws.
 *
 * @param server As in "Redis does not answer any more".
 * @throws ProbeError
 */
export async function asking<T>(server: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CachestormError || isBug(error)) throw error;
    throw new ProbeError(server, error);
  }
}

function isBug(error: unknown): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
}

/** Whether the server has answered, and said no: an error reply of Redis, or an error packet of the database. */
function refuses(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  return cause.name === 'ReplyError' || ('sqlState' in cause && !('fatal' in cause && cause.fatal === true));
}
