const PAGE = 4_096;

/** For which key each write was. Ids are dense, so pages of them take 4 bytes a write; a map would take 40. */
export class WriteOwners {
  /** Each holds the key's index and 1; 0 for a write that is not here. */
  readonly #pages = new Map<number, Uint32Array>();

  add(writeId: number, key: number): void {
    const number = Math.floor(writeId / PAGE);
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = new Uint32Array(PAGE);
      this.#pages.set(number, page);
    }
    page[writeId % PAGE] = key + 1;
  }

  of(writeId: number): number | null {
    const owner = this.#pages.get(Math.floor(writeId / PAGE))?.[writeId % PAGE] ?? 0;
    return owner === 0 ? null : owner - 1;
  }
}
