import { deriveSeed, type Random } from '../time/random.ts';
import { itemKey } from './keys.ts';

/** Seeds give key numbers that are this far apart: two loads of one trial insert different rows. */
const SPACING = 2 ** 21;

/** The rows that a load inserts, and those of them that were acknowledged. */
export class InsertedKeys {
  readonly #keys: string[] = [];
  #next: number;

  constructor(seed: number) {
    this.#next = deriveSeed(seed, 'new') * SPACING;
  }

  /** A key that was never asked for before. */
  fresh(): string {
    return `new-${this.#next++}`;
  }

  add(key: string): void {
    this.#keys.push(key);
  }

  /** Any of those that were added; one that the dataset has, before the first. */
  draw(random: Random): string {
    return this.#keys.length === 0 ? itemKey(0) : (this.#keys[random.int(this.#keys.length)] as string);
  }
}
