/** How many of a row's acknowledged writes lie beyond a place, while they are acknowledged one by one (Fenwick, 1994). */
export class BehindCounter {
  readonly #sums: Int32Array;
  #total = 0;

  constructor(places: number) {
    this.#sums = new Int32Array(places + 1);
  }

  acknowledged(place: number): void {
    this.#total++;
    for (let at = place + 1; at < this.#sums.length; at += at & -at)
      this.#sums[at] = (this.#sums[at] ?? 0) + 1;
  }

  beyond(place: number): number {
    let upTo = 0;
    for (let at = place + 1; at > 0; at -= at & -at) upTo += this.#sums[at] ?? 0;
    return this.#total - upTo;
  }
}
