import { isOk, isWrite } from '../../record/history/operation.ts';
import type { JudgedKey } from './judged-key.ts';

/**
 * When each commit of a row can have been, as its clients know: not before any write up to it was sent, and not after
 * any write from it on was acknowledged.
 *
 * ```
 * place   1 |--sent ........... acked--|
 *         2        |--sent ... acked--|
 *                  <------ 1 -------->         not after 2 was acknowledged
 *                  <------ 2 -------->
 * ```
 */
export interface CommitBounds {
  /** By place; `-Infinity` where nobody knows. Rises. */
  readonly notBeforeUs: Float64Array;
  /** By place; `Infinity` where nobody was told. Rises. */
  readonly notAfterUs: Float64Array;
}

export function commitBounds({ history, places, order }: JudgedKey): CommitBounds {
  const { kinds, startsUs, finishesUs } = history;
  const notBeforeUs = new Float64Array(order.length + 1).fill(Number.NEGATIVE_INFINITY);
  const notAfterUs = new Float64Array(order.length + 1).fill(Number.POSITIVE_INFINITY);
  for (let index = 0; index < history.count; index++) {
    const kind = kinds[index] as number;
    const place = places[index] as number;
    if (!isWrite(kind) || place < 0) continue;
    notBeforeUs[place] = startsUs[index] as number;
    if (isOk(kind)) notAfterUs[place] = finishesUs[index] as number;
  }
  for (let place = 1; place < order.length; place++) {
    notBeforeUs[place] = Math.max(notBeforeUs[place] as number, notBeforeUs[place - 1] as number);
  }
  for (let place = order.length - 2; place >= 0; place--) {
    notAfterUs[place] = Math.min(notAfterUs[place] as number, notAfterUs[place + 1] as number);
  }
  return { notBeforeUs, notAfterUs };
}
