import { writtenValue } from '../record/history/write-ids.ts';
import { deriveSeed, type Random, seededRandom } from '../time/random.ts';
import { InsertedKeys } from './inserted-keys.ts';
import { type KeyPopularity, type KeySource, keySource } from './keys.ts';

/** A part of a load's requests. Plain data: it travels in plans and over IPC. */
export interface Stream {
  /** Kebab-case, unique in its load. */
  readonly name: string;
  /** Of all requests, above 0; those of a load's streams add up to 1. */
  readonly share: number;
  /** `write` puts a value of `valueBytes` under each key (`PUT`). */
  readonly operation: 'read' | 'write';
  readonly keys: StreamKeys;
  /** How many clients they come from, as the header `x-client-id` says: each request from any of them. */
  readonly clients: number;
  /** Of a write. */
  readonly valueBytes: number;
  /** When it ends, since the load's start: what would be its requests is the first stream's from then on. @default never */
  readonly untilMs?: number;
}

/** Which keys a stream asks for. */
export type StreamKeys =
  | KeyPopularity
  /** Each key for the first time ever: an insert. Writes only. */
  | { readonly kind: 'new' }
  /** The keys of the load's first stream, as popular as they are there, in another order. */
  | { readonly kind: 'readers' }
  /** Keys that this load's streams of `new` keys have inserted, and were told so; before the first, `item-0`. */
  | { readonly kind: 'inserted' };

/** What is to be sent next. */
export interface Drawn {
  /** Index of the stream. */
  readonly stream: number;
  readonly key: string;
  /** Whether the database has the key: 200 is the expected answer then. */
  readonly exists: boolean;
  readonly shape: RequestShape;
  /**
   * The client, counted from 1. The nth clients of all streams are one user, who reads with one and writes with the
   * other.
   */
  readonly session: number;
  /** Of a write whose value says so, from 1; else 0. */
  readonly writeId: number;
}

/** What the requests of one client of one stream have in common. */
export interface RequestShape {
  readonly method: 'GET' | 'PUT';
  /** As undici takes them: name, value, name, value. */
  readonly headers: string[];
  readonly body: string | null;
}

/** Every request of a load, one after the other; the same streams and seed give the same sequence. */
export interface StreamSource {
  /** @param atUs when it is due, since the load's start @default 0 */
  next(atUs?: number): Drawn;
  /** A write of a drawn key was acknowledged. */
  acknowledged(drawn: Drawn): void;
  /** Different keys that a stream has asked for so far. */
  distinctKeys(stream: number): number;
}

export interface StreamSeeds {
  readonly seed: number;
  /** Decides which keys are the popular ones. @default `seed` */
  readonly rankSeed?: number;
  /** Whether each write has a value of its own that says which write it is. @default false */
  readonly identified?: boolean;
}

/**
 * Draws each request's stream by its share, then its key and client from that stream's own random sequence, so
 * that a further stream shifts nobody's draws. The parts of a Poisson process drawn so are Poisson processes.
 *
 * Sources that share a `rankSeed` have the same popular keys.
 */
export function streamSource(
  streams: readonly Stream[],
  { seed, rankSeed = seed, identified = false }: StreamSeeds,
): StreamSource {
  const inserted = new InsertedKeys(seed);
  let writes = 0;
  const nextWriteId = identified ? () => ++writes : null;
  const sources = { seed, rankSeed, inserted, readers: streams[0], nextWriteId };
  const drawers = streams.map((stream, index) => new Drawer(stream, index, sources));
  const untilUs = streams.map(({ untilMs }) => (untilMs ?? Number.POSITIVE_INFINITY) * 1e3);
  const pick = picker(
    streams.map(({ share }) => share),
    seededRandom(deriveSeed(seed, 'streams')),
  );
  const drawerAt = (index: number): Drawer => {
    const drawer = drawers[index];
    if (drawer === undefined)
      throw new RangeError(`a load of ${drawers.length} streams has no stream ${index}`);
    return drawer;
  };
  return {
    next(atUs = 0) {
      const index = pick();
      return drawerAt(atUs < (untilUs[index] ?? 0) ? index : 0).draw();
    },
    acknowledged({ stream, key }) {
      if (drawerAt(stream).inserts) inserted.add(key);
    },
    distinctKeys: (stream) => drawerAt(stream).distinctKeys,
  };
}

/** Indices with the given weights. Without a choice nothing is drawn. */
function picker(shares: readonly number[], random: Random): () => number {
  if (shares.length === 1) return () => 0;
  let sum = 0;
  const upTo = shares.map((share) => {
    sum += share;
    return sum;
  });
  return () => {
    const at = random.next() * sum;
    const index = upTo.findIndex((limit) => at < limit);
    // Rounding may leave the very last value outside.
    return index < 0 ? shares.length - 1 : index;
  };
}

interface Sources {
  readonly seed: number;
  readonly rankSeed: number;
  readonly inserted: InsertedKeys;
  /** The load's first stream. */
  readonly readers: Stream | undefined;
  /** `null`: writes have no ids. */
  readonly nextWriteId: (() => number) | null;
}

class Drawer {
  readonly inserts: boolean;
  readonly #index: number;
  readonly #nextKey: KeySource;
  readonly #shapes: readonly RequestShape[];
  readonly #random: Random;
  readonly #nextWriteId: (() => number) | null;
  readonly #valueBytes: number;
  /** Not kept for streams whose every key is new: a set of millions would say what the count says. */
  readonly #seen: Set<string> | null;
  #draws = 0;

  constructor(stream: Stream, index: number, sources: Sources) {
    const { name, keys, operation, valueBytes } = stream;
    this.inserts = keys.kind === 'new';
    this.#index = index;
    this.#random = seededRandom(deriveSeed(sources.seed, 'clients', name));
    this.#nextKey = sourceOf(stream, sources);
    this.#shapes = shapesOf(stream);
    this.#nextWriteId = operation === 'write' ? sources.nextWriteId : null;
    this.#valueBytes = valueBytes;
    this.#seen = keys.kind === 'new' || (keys.kind === 'missing' && keys.count === null) ? null : new Set();
  }

  get distinctKeys(): number {
    return this.#seen?.size ?? this.#draws;
  }

  draw(): Drawn {
    const { key, exists } = this.#nextKey();
    this.#draws++;
    this.#seen?.add(key);
    const client = this.#shapes.length === 1 ? 0 : this.#random.int(this.#shapes.length);
    const shape = this.#shapes[client] as RequestShape;
    const drawn = { stream: this.#index, key, exists, shape, session: client + 1, writeId: 0 };
    if (this.#nextWriteId === null) return drawn;
    const writeId = this.#nextWriteId();
    return { ...drawn, writeId, shape: { ...shape, body: writtenValue(writeId, this.#valueBytes) } };
  }
}

function sourceOf(
  { name, keys }: Stream,
  { seed: loadSeed, rankSeed, inserted, readers }: Sources,
): KeySource {
  const seed = deriveSeed(loadSeed, 'stream', name);
  if (keys.kind === 'new') return () => ({ key: inserted.fresh(), exists: true });
  if (keys.kind === 'inserted') {
    const random = seededRandom(deriveSeed(seed, 'inserted'));
    return () => ({ key: inserted.draw(random), exists: true });
  }
  if (keys.kind === 'readers') {
    const shared = readers?.keys;
    if (readers === undefined || shared === undefined || !isPopularity(shared))
      throw new RangeError(`the stream ${name} shares the keys of a first stream that has none of its own`);
    return keySource(shared, seed, deriveSeed(rankSeed, 'stream', readers.name));
  }
  return keySource(keys, seed, deriveSeed(rankSeed, 'stream', name));
}

function isPopularity(keys: StreamKeys): keys is KeyPopularity {
  return keys.kind !== 'new' && keys.kind !== 'inserted' && keys.kind !== 'readers';
}

function shapesOf({ name, operation, clients, valueBytes }: Stream): RequestShape[] {
  return Array.from({ length: clients }, (_, client): RequestShape => {
    const headers = ['x-client-id', `${name}-${client}`];
    return operation === 'read'
      ? { method: 'GET', headers, body: null }
      : { method: 'PUT', headers: [...headers, 'content-type', 'text/plain'], body: 'w'.repeat(valueBytes) };
  });
}
