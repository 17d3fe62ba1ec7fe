import { Pool } from 'undici';
import { CachestormError } from '../failure/cachestorm-error.ts';
import { itemPath } from '../load/item-path.ts';
import type { Audit, AuditedRead } from '../record/audited-read.ts';
import { ABSENT, FOREIGN, writeIdOf } from '../record/history/write-ids.ts';
import type { Clock } from '../time/clock.ts';

/** Requests under way at each instance. */
const CONCURRENCY = 8;
const TIMEOUT_MS = 10_000;

/** A service did not answer when it was asked for the rows that the storm had left. */
export class AuditError extends CachestormError {
  readonly code = 'E_SERVICE_LOST';
  readonly failure = 'infrastructure';
  override readonly name = 'AuditError';
}

/**
 * Reads keys through every instance, as its users would, whatever the cache is made of: an answer from a cache shows
 * what that holds, and a miss loads what the database has.
 *
 * @param urls of the instances
 * @throws AuditError, or the signal's reason
 */
export async function auditThrough(
  urls: readonly string[],
  keys: readonly string[],
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Audit> {
  const reads = await Promise.all(urls.map((url, instance) => auditOne(url, instance, keys, signal)));
  return { endedAtUs: clock.nowUs(), reads: reads.flat() };
}

async function auditOne(
  url: string,
  instance: number,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<AuditedRead[]> {
  const { origin } = new URL(url);
  const pool = new Pool(origin, {
    connections: CONCURRENCY,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  const pathOf = itemPath();
  const queue = keys.values();
  const found: AuditedRead[] = [];
  async function work(): Promise<void> {
    for (const key of queue) {
      const { statusCode, headers, text } = await ask(pool, origin, pathOf(key), signal);
      const source = headers['x-cache'];
      found.push({
        key,
        instance,
        writeId: writeIdIn(statusCode, text),
        source: typeof source === 'string' ? source : null,
      });
    }
  }
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  } finally {
    await pool.destroy();
  }
  return found;
}

/** @throws AuditError when there is no whole answer in time; the signal's reason */
async function ask(pool: Pool, origin: string, path: string, signal: AbortSignal) {
  try {
    const { statusCode, headers, body } = await pool.request({ method: 'GET', path, signal });
    return { statusCode, headers, text: await body.text() };
  } catch (cause) {
    signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AuditError(`the service at ${origin} did not answer GET ${path} after the storm: ${why}`, {
      cause,
    });
  }
}

function writeIdIn(status: number, text: string): number | null {
  if (status === 404) return ABSENT;
  if (status !== 200) return null;
  try {
    const { value } = JSON.parse(text) as { value?: unknown };
    return typeof value === 'string' ? writeIdOf(value) : FOREIGN;
  } catch {
    return FOREIGN;
  }
}
