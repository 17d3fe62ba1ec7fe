import type { LoadCounts } from './protocol.ts';

/** Requests by what came of them. */
export class Tally implements LoadCounts {
  offered = 0;
  completed = 0;
  failed = 0;
  timeout = 0;
  lost = 0;
  shed = 0;
}

/** The class that a request ends in. */
export type Outcome = keyof Omit<LoadCounts, 'offered'>;
