/** So many are sorted by insertion: below it a merge costs more than it saves. */
const RUN = 24;

/**
 * The indices of `values` in ascending order of these, equal ones in their own order: a merge sort that is quick
 * where almost all are in order already, as operations are that were recorded when they ended.
 */
export function sortedOrder(values: Float64Array): Uint32Array {
  const { length } = values;
  let order = new Uint32Array(length);
  for (let at = 0; at < length; at++) order[at] = at;
  for (let from = 0; from < length; from += RUN)
    insertionSort(order, values, from, Math.min(length, from + RUN));
  if (length <= RUN) return order;
  let merged = new Uint32Array(length);
  for (let width = RUN; width < length; width *= 2) {
    for (let from = 0; from < length; from += 2 * width) {
      const middle = Math.min(length, from + width);
      merge(order, merged, values, { from, middle, to: Math.min(length, middle + width) });
    }
    [order, merged] = [merged, order];
  }
  return order;
}

function insertionSort(order: Uint32Array, values: Float64Array, from: number, to: number): void {
  for (let next = from + 1; next < to; next++) {
    const index = order[next] as number;
    const value = values[index] as number;
    let at = next;
    for (; at > from; at--) {
      const before = order[at - 1] as number;
      if ((values[before] as number) <= value) break;
      order[at] = before;
    }
    order[at] = index;
  }
}

interface Runs {
  readonly from: number;
  readonly middle: number;
  readonly to: number;
}

/** Of two sorted neighbours one. */
function merge(
  order: Uint32Array,
  into: Uint32Array,
  values: Float64Array,
  { from, middle, to }: Runs,
): void {
  const value = (at: number): number => values[order[at] as number] as number;
  if (middle >= to || value(middle - 1) <= value(middle)) {
    into.set(order.subarray(from, to), from);
    return;
  }
  let [left, right] = [from, middle];
  for (let at = from; at < to; at++) {
    const takeLeft = right >= to || (left < middle && value(left) <= value(right));
    into[at] = order[takeLeft ? left++ : right++] as number;
  }
}
