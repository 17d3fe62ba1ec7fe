/** Moments, of which the latest comes out first (a binary heap). */
export class LatestFirst {
  readonly #heap: number[] = [];

  push(value: number): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(value);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as number) >= value) break;
      heap[at] = heap[parent] as number;
      at = parent;
    }
    heap[at] = value;
  }

  /** @throws RangeError when there is none */
  pop(): number {
    const heap = this.#heap;
    const latest = heap[0];
    const last = heap.pop();
    if (latest === undefined || last === undefined) throw new RangeError('nothing is left');
    if (heap.length === 0) return latest;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as number) > (heap[child] as number)) child++;
      if ((heap[child] as number) <= last) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = last;
    return latest;
  }
}
