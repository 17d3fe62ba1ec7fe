import type { Received } from './truth-server.ts';

/** Holds the `TruthScript` as JSON. */
export const SCRIPT_VARIABLE = 'CACHESTORM_TRUTH';

export interface TruthLog {
  /** In the order of arrival. */
  readonly received: readonly Received[];
  /** Accepted since the process started. */
  readonly connections: number;
}

/** Harness to truth server. Both are answered with the log; `forget` empties it first. */
export interface TruthCommand {
  readonly type: 'tell' | 'forget';
}

/** Truth server to harness. */
export type TruthMessage =
  | { readonly type: 'ready'; readonly url: string }
  | { readonly type: 'log'; readonly log: TruthLog };
