import type { Received } from './truth-server.ts';

/** Holds the `TruthScript` as JSON. */
export const SCRIPT_VARIABLE = 'CACHESTORM_TRUTH';

export interface TruthLog {
  /** In the order of arrival. */
  readonly received: readonly Received[];
  /** Accepted since the process started. */
  readonly connections: number;
}

/** Harness to truth server, each answered in its own type; `first` as soon as there is a request in the log. */
export interface TruthCommand {
  readonly type: 'log' | 'forget' | 'first';
}

/** Truth server to harness. */
export type TruthMessage =
  | { readonly type: 'ready'; readonly url: string }
  | { readonly type: 'log'; readonly log: TruthLog }
  | { readonly type: 'forget' }
  | { readonly type: 'first'; readonly arrivedUs: number };
