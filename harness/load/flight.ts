import type { Drawn } from './streams.ts';

/** One request on its way: what was meant, and what came of it. Times in microseconds since the storm's start. */
export class Flight {
  readonly intendedUs: number;
  readonly path: string;
  /** Whether the key exists: 200 is then the expected answer, else 404. */
  readonly exists: boolean;
  /** What else is known of it, in a load of several streams. */
  readonly drawn: Drawn | null;
  /** When its answer comes too late; `null`: the load's timeout after the intended time. */
  deadlineUs: number | null = null;
  /** How often this request was tried before: a client that retries asks again. */
  retries = 0;
  /** Whether one of those earlier tries was written to a connection. */
  sentBefore = false;
  /** How much later than intended the generator took it up. */
  lagUs = 0;
  /** When it was written to a connection; `NaN` before. */
  sentUs = Number.NaN;
  /** HTTP status, 0 before the head of an answer came. */
  status = 0;
  /** The answer's `x-cache` header. */
  cache: string | null = null;
  /** The answer's `x-age-ms` header. */
  ageMs: number | null = null;
  /** The answer's `x-version` header: the version read, or the one that a write made. */
  version: number | null = null;
  /** Whose value the answer had (`record/history/write-ids.ts`); `null` where nobody looked. */
  foundWriteId: number | null = null;
  /** It has been counted, and whatever happens to it now counts no more. */
  settled = false;

  constructor(intendedUs: number, path: string, exists: boolean, drawn: Drawn | null = null) {
    this.intendedUs = intendedUs;
    this.path = path;
    this.exists = exists;
    this.drawn = drawn;
  }

  /** Whether the answer has the status that the key calls for. */
  get right(): boolean {
    return this.status === (this.exists ? 200 : 404);
  }

  /** Whether the service may have seen any try of it. */
  get everSent(): boolean {
    return this.sent || this.sentBefore;
  }

  get sent(): boolean {
    return !Number.isNaN(this.sentUs);
  }
}

/** A first-in, first-out queue with amortised constant cost; an array's own `shift` moves every element. */
export class Fifo<T> {
  #items: T[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  peek(): T | undefined {
    return this.#items[this.#head];
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#head++;
    if (this.#head === this.#items.length) {
      this.#items.length = 0;
      this.#head = 0;
    } else if (this.#head >= 1024 && this.#head * 2 >= this.#items.length) {
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
    return item;
  }
}
