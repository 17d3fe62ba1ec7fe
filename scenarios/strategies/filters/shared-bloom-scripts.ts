/** The steps of the shared filter that must not be interrupted, in Redis's Lua. */

/** The header's four numbers; zeros when there is no filter. A look at a missing key does not make it. */
const HEADER = `redis.call('bitfield', KEYS[1], 'get', 'u32', 0, 'get', 'u32', 32, 'get', 'u32', 64, 'get', 'u32', 96)`;

/**
 * KEYS: filter, lock of a build, journal. ARGV: version that the positions are for, key, life of the journal in
 * milliseconds, positions. Sets the bits if the filter is of that version. Answers with the header.
 *
 * While anybody builds, the key goes to the journal too: the scan may have passed its place.
 */
export const ADD = `
if redis.call('exists', KEYS[2]) == 1 then
  redis.call('rpush', KEYS[3], ARGV[2])
  redis.call('pexpire', KEYS[3], math.ceil(ARGV[3] * 2))
end
local header = ${HEADER}
if header[3] ~= 0 and string.format('%.0f-%.0f', header[1], header[2]) == ARGV[1] then
  for n = 4, #ARGV do redis.call('setbit', KEYS[1], ARGV[n], 1) end
end
return header`;

/**
 * KEYS: filter, lock, journal. ARGV: the builder's token, number of journal entries that it has in its bitmap, the
 * bitmap. Answers `published`, `outdated` when the lock is no longer the builder's, or the entries that it lacks.
 */
export const PUBLISH = `
if redis.call('get', KEYS[2]) ~= ARGV[1] then return 'outdated' end
if redis.call('llen', KEYS[3]) > tonumber(ARGV[2]) then return redis.call('lrange', KEYS[3], ARGV[2], -1) end
redis.call('set', KEYS[1], ARGV[3])
redis.call('del', KEYS[2], KEYS[3])
return 'published'`;

/** KEYS: lock. ARGV: token. */
export const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end`;
