import { randomUUID } from 'node:crypto';
import type { ChainableCommander } from 'ioredis';
import type { StrategyContext } from '../strategy.ts';
import { bloomPositions, setBit } from './bloom-bits.ts';
import { type BloomSize, bloomSize } from './bloom-sizing.ts';
import { capacityFor } from './key-filter.ts';
import { ADD, PUBLISH, RELEASE } from './shared-bloom-scripts.ts';

export interface SharedBloomOptions {
  readonly errorRate: number;
  readonly headroom: number;
  /** How long the lock of a build is held at most. */
  readonly buildMs: number;
}

/**
 * A Bloom filter in one Redis string, shared by all processes:
 *
 *     | version, 2 x 32 bits | m, 32 bits | k, 32 bits | m bits ... |
 *
 * The header lies in the string itself, so that it is lost with the bits, by a flush or an eviction, and is read in
 * the same command as they are: a lost filter is never taken for an empty one. The version is random and salts
 * the hash; a new build has other false positives.
 */
export interface SharedBloom {
  /** Appends the commands of a look-up; what they answered is to be given to `verdict`. */
  ask(pipeline: ChainableCommander, key: string): Asked;
  /** `lost`: there is no filter. `changed`: it was built anew; ask again. */
  verdict(asked: Asked, answer: unknown): 'absent' | 'maybe' | 'lost' | 'changed';
  /** Adds a key that was written, to the filter and to one that is being built by any process. */
  add(key: string): Promise<void>;
  /** The version of the filter that there is. */
  version(): Promise<string | null>;
  /**
   * Builds it, unless another process does so now or has replaced `expected` meanwhile.
   *
   * @param expected The version that is to be replaced; `null` when there is none.
   * @returns whether there is a filter of another version now, as far as is known
   */
  build(expected: string | null): Promise<boolean>;
}

interface Header extends BloomSize {
  /** Two numbers, joined. */
  readonly version: string;
}

/** Of a look-up under way: the header that its positions were computed for. */
export interface Asked {
  readonly header: Header | null;
}

const HEADER_BITS = 128;
/** Bits of the filter are set in slices of so many keys: a few milliseconds each. */
const SLICE = 2_000;
/** The name of the filter where a strategy names the key that it works on. */
export const SHARED_FILTER = 'bloom-filter';

export function sharedBloom(context: StrategyContext, options: SharedBloomOptions): SharedBloom {
  const { redis } = context;
  const filterKey = context.sideKey('filter', SHARED_FILTER);
  const lockKey = context.sideKey('lock', SHARED_FILTER);
  const journalKey = context.sideKey('filter-journal', SHARED_FILTER);
  let known: Header | null = null;

  async function readHeader(): Promise<Header | null> {
    known = headerOf((await redis.call('BITFIELD_RO', filterKey, ...HEADER_FIELDS)) as number[]);
    return known;
  }

  async function build(expected: string | null): Promise<boolean> {
    const token = randomUUID();
    if ((await redis.set(lockKey, token, 'PX', Math.ceil(options.buildMs), 'NX')) !== 'OK') return false;
    try {
      await context.barrier('afterLockAcquired', SHARED_FILTER);
      // Whoever held the lock before may have built it.
      if (((await readHeader())?.version ?? null) !== expected) return true;
      const keys: string[] = [];
      for await (const batch of context.origin.keys()) keys.push(...batch);
      const bitmap = await bitmapOf(keys);
      await context.barrier('beforeCacheSet', SHARED_FILTER);
      return await publish(bitmap, token);
    } finally {
      await redis.eval(RELEASE, 1, lockKey, token);
    }
  }

  /** Together with the keys that were written since the build began: its scan may have passed their place. */
  async function publish({ header, bytes }: Bitmap, token: string): Promise<boolean> {
    for (let journaled = 0; ; ) {
      const keys = [filterKey, lockKey, journalKey];
      const answer = await redis.eval(PUBLISH, keys.length, ...keys, token, journaled, bytes);
      if (answer === 'published') {
        known = header;
        return true;
      }
      // The lock ran out, or was flushed with the journal: this build may lack keys.
      if (answer === 'outdated') return false;
      for (const key of answer as string[]) setKey(bytes, header, key);
      journaled += (answer as string[]).length;
    }
  }

  async function bitmapOf(keys: readonly string[]): Promise<Bitmap> {
    const size = bloomSize(capacityFor(keys.length, options.headroom), options.errorRate);
    const [high, low] = [word(context), word(context)];
    const header = { ...size, version: versionOf(high, low) };
    const bytes = Buffer.alloc(Math.ceil((HEADER_BITS + size.bits) / 8));
    for (const [n, value] of [high, low, size.bits, size.hashes].entries()) bytes.writeUInt32BE(value, 4 * n);
    for (let from = 0; from < keys.length; from += SLICE) {
      for (const key of keys.slice(from, from + SLICE)) setKey(bytes, header, key);
      await context.clock.sleep(0, context.signal);
    }
    return { header, bytes };
  }

  return {
    version: async () => (await readHeader())?.version ?? null,
    build,
    ask(pipeline, key) {
      const header = known;
      const positions = header === null ? [] : positionsOf(header, key);
      pipeline.call('BITFIELD_RO', filterKey, ...HEADER_FIELDS, ...positions.flatMap(bitField));
      return { header };
    },
    verdict({ header: asked }, answer) {
      const [fields, bits] = [(answer as number[]).slice(0, 4), (answer as number[]).slice(4)];
      const found = headerOf(fields);
      known = found;
      if (found === null) return 'lost';
      if (found.version !== asked?.version) return 'changed';
      return bits.includes(0) ? 'absent' : 'maybe';
    },
    async add(key) {
      for (;;) {
        const header = known;
        const keys = [filterKey, lockKey, journalKey];
        const positions = header === null ? [] : positionsOf(header, key);
        const version = header?.version ?? '';
        const found = headerOf(
          (await redis.eval(
            ADD,
            keys.length,
            ...keys,
            version,
            key,
            options.buildMs,
            ...positions,
          )) as number[],
        );
        known = found;
        // None at all: the next build finds the row in the database.
        if (found === null || found.version === header?.version) return;
      }
    },
  };
}

interface Bitmap {
  readonly header: Header;
  readonly bytes: Buffer;
}

const HEADER_FIELDS = [0, 32, 64, 96].flatMap((offset) => ['GET', 'u32', offset]);

function bitField(position: number): readonly (string | number)[] {
  return ['GET', 'u1', position];
}

/** Where the key's bits lie in the string, after the header. */
function positionsOf(header: Header, key: string): readonly number[] {
  return bloomPositions(header.version, header, key).map((position) => HEADER_BITS + position);
}

function setKey(bytes: Buffer, header: Header, key: string): void {
  for (const position of positionsOf(header, key)) setBit(bytes, position);
}

function headerOf([high = 0, low = 0, bits = 0, hashes = 0]: readonly number[]): Header | null {
  return bits === 0 ? null : { version: versionOf(high, low), bits, hashes };
}

function versionOf(high: number, low: number): string {
  return `${high}-${low}`;
}

/** Any 32 bits. */
function word({ random }: StrategyContext): number {
  return Math.floor(random.next() * 2 ** 32);
}
