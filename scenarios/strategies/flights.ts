/**
 * Work under way in this process, by key: whoever asks for a key meanwhile shares it.
 *
 * Source: golang.org/x/sync/singleflight
 */
export class Flights<T> {
  readonly #underWay = new Map<string, Promise<T>>();

  share(key: string, begin: () => Promise<T>): Promise<T> {
    const joined = this.#underWay.get(key);
    if (joined !== undefined) return joined;
    // Landed on failure too: an error reaches those who joined, and the next one tries anew.
    const flight = begin().finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, flight);
    return flight;
  }
}
