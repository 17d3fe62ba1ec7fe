/** Numbers of a few bits each, without a gap between them. */
export class PackedNumbers {
  readonly sizeBits: number;
  readonly #width: number;
  readonly #mask: number;
  readonly #bytes: Uint8Array;

  /** @param width Bits of a number, 1 to 17. */
  constructor(count: number, width: number) {
    this.#width = width;
    this.#mask = 2 ** width - 1;
    this.sizeBits = count * width;
    // A number is read as the three bytes from its first one on.
    this.#bytes = new Uint8Array(Math.ceil(this.sizeBits / 8) + 2);
  }

  get(index: number): number {
    const offset = index * this.#width;
    return (this.#word(Math.floor(offset / 8)) >>> (offset % 8)) & this.#mask;
  }

  set(index: number, value: number): void {
    const offset = index * this.#width;
    const byte = Math.floor(offset / 8);
    const shift = offset % 8;
    const word = (this.#word(byte) & ~(this.#mask << shift)) | (value << shift);
    for (let n = 0; n < 3; n++) this.#bytes[byte + n] = (word >>> (8 * n)) & 0xff;
  }

  #word(byte: number): number {
    const [low = 0, middle = 0, high = 0] = [this.#bytes[byte], this.#bytes[byte + 1], this.#bytes[byte + 2]];
    return low | (middle << 8) | (high << 16);
  }
}
