import { deriveSeed, seededRandom } from '../time/random.ts';
import type { Behaviour, TruthServerOptions } from './truth-server.ts';

/** What a truth server is to do, as data: the server is a process of its own. */
export interface TruthScript {
  /** Request after request, and again from the first. */
  readonly behaviours: readonly Behaviour[];
  readonly delay: Delay;
  /** Whether to keep delays to some microseconds, which costs a core's time. @default false */
  readonly exact?: boolean;
}

export type Delay =
  | { readonly kind: 'none' }
  | { readonly kind: 'constant'; readonly ms: number }
  | LogNormalDelay;

/** A body of delays whose logarithm is normal, and outliers far beyond it. */
export interface LogNormalDelay {
  readonly kind: 'log-normal';
  readonly medianMs: number;
  /** Standard deviation of the logarithm. */
  readonly sigma: number;
  /** Every so many requests one takes `outlierMs`. */
  readonly outlierEvery: number;
  readonly outlierMs: number;
  readonly seed: number;
}

export function serverOptions({ behaviours, delay, exact = false }: TruthScript): TruthServerOptions {
  return {
    behave: (index) => behaviours[index % behaviours.length] ?? 'ok',
    delayMs: delaysOf(delay),
    exact,
  };
}

function delaysOf(delay: Delay): (index: number) => number {
  switch (delay.kind) {
    case 'none':
      return () => 0;
    case 'constant':
      return () => delay.ms;
    case 'log-normal': {
      const random = seededRandom(deriveSeed(delay.seed, 'delays'));
      const { medianMs, sigma, outlierEvery, outlierMs } = delay;
      return (index) => {
        if (index % outlierEvery === outlierEvery - 1) return outlierMs;
        // Box and Muller: 1 - u lies in (0, 1].
        const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
        return medianMs * Math.exp(sigma * radius * Math.cos(2 * Math.PI * random.next()));
      };
    }
  }
}
