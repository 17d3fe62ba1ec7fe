/** A load on a server that stops for a while, in milliseconds. */
export interface Freeze {
  /** Constant arrivals, the first at 0. */
  readonly ratePerSec: number;
  readonly durationMs: number;
  /** When the server stops, since the storm's start, and for how long. */
  readonly fromMs: number;
  readonly freezeMs: number;
  /** The server's own time for an answer. */
  readonly serviceMs: number;
  /** Requests on their way at most; the others wait for a connection. */
  readonly connections: number;
}

/**
 * The response times of such a load, ascending, with nothing measured:
 *
 * ```
 *  response
 *   F + B |         |\            whoever comes u after the server stopped waits for its end, F - u,
 *         |         | \           and then the service time B:   R(u) = F - u + B
 *         |         |  \
 *       B |_________|   \________
 *         +---------+---+--------- arrival
 *                  stop  thaw
 * ```
 *
 * So with connections for all, a rate r and a storm of D, the share of requests above x is (F + 2B - x) / D for
 * B < x < F: of those that came in the freeze, and the rB that were being served when it began. That gives
 * p50 = B and p90 = F + 2B - D / 10.
 *
 * With fewer connections than the rF requests of the freeze the rest wait for one: each starts when the request
 * `connections` before it has its answer. That is what tells the intended from the actual send time, and is
 * why this walks through the requests instead of inverting the share.
 */
export function frozenResponsesMs(freeze: Freeze): number[] {
  const { ratePerSec, durationMs, fromMs, freezeMs, serviceMs, connections } = freeze;
  const thawMs = fromMs + freezeMs;
  const finishes: number[] = [];
  const responses: number[] = [];
  for (let index = 0; (index * 1e3) / ratePerSec < durationMs; index++) {
    const intendedMs = (index * 1e3) / ratePerSec;
    const startMs = Math.max(intendedMs, finishes[index - connections] ?? 0);
    const frozen = startMs >= fromMs && startMs < thawMs;
    let finishMs = (frozen ? thawMs : startMs) + serviceMs;
    // Its time ran out while the server stood still.
    if (finishMs > fromMs && finishMs < thawMs) finishMs = thawMs;
    finishes.push(finishMs);
    responses.push(finishMs - intendedMs);
  }
  return responses.sort((a, b) => a - b);
}
