/**
 * Whether Redis refused a write because its memory is full and it may evict nothing: `maxmemory` with the policy
 * `noeviction`, or `volatile-*` without an entry that has a time to live. Reads go on.
 */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError' && error.message.startsWith('OOM ');
}

/**
 * Waits for the write of a fill. The row is there and its reader has asked for nothing else: that the cache has no
 * room for it fails no read. Redis counts what it refuses, and so it is not lost (`cache.refusedWrites`); every
 * other error is thrown.
 */
export async function unlessRefused(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
}
