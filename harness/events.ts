/** What a run reports while it works: the lines of `events.jsonl`, and what the progress view draws from. */
import { forPeople } from '../infra/external/credentials.ts';
import type { StackEvent } from '../infra/stack.ts';
import type { Trial } from './plan/plan.ts';
import type { ProgramProvenance } from './result/provenance.ts';
import type { Provenance } from './result/schema.ts';

interface Stamped {
  /** Microseconds on the machine's monotonic clock. */
  readonly atUs: number;
}

export type RunEventBody =
  | {
      readonly type: 'run-started';
      readonly runId: string;
      readonly planHash: string;
      readonly trials: number;
      /** ISO 8601, UTC. */
      readonly startedAt: string;
      /** As the user typed it, without credentials. */
      readonly command: string;
      readonly program: ProgramProvenance;
    }
  | {
      readonly type: 'stack-starting';
      readonly backends: readonly string[];
      /** Where the servers come from. */
      readonly infra: string;
      /** Why from there, when the user did not say; else null. */
      readonly because: string | null;
    }
  | {
      readonly type: 'stack-started';
      readonly backends: readonly string[];
      readonly servers: Provenance['backends'];
      readonly tookMs: number;
    }
  | Mishap
  /** While the database is filled for long. */
  | {
      readonly type: 'dataset-growing';
      readonly scenario: string;
      readonly rows: number;
      readonly of: number;
    }
  | { readonly type: 'dataset-seeded'; readonly scenario: string; readonly rows: number }
  | { readonly type: 'trial-started'; readonly trial: Trial; readonly stormMs: number }
  | { readonly type: 'warmed-up'; readonly trial: Trial; readonly tookMs: number; readonly steady: boolean }
  | { readonly type: 'storm-started'; readonly trial: Trial; readonly startedAtUs: number }
  | { readonly type: 'trial-voided'; readonly trial: Trial; readonly reasons: readonly string[] }
  | {
      readonly type: 'trial-finished';
      readonly trial: Trial;
      readonly dbReads: number;
      readonly tookMs: number;
    }
  | { readonly type: 'interrupted'; readonly reason: string }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | { readonly type: 'stack-stopped' }
  | { readonly type: 'run-finished'; readonly verdict: string };

/** What went wrong beside the measurement, with what a run or an earlier one leaves behind. */
export type Mishap =
  /** From here on a `kill -9` of the harness leaves its servers until a later run sweeps them. */
  | { readonly type: 'guardian-lost' }
  | { readonly type: 'stale-run-swept'; readonly runId: string }
  | { readonly type: 'clean-up-failed'; readonly what: string; readonly reason: string };

/** `null`: it is none. */
export function mishapOf(event: StackEvent): Mishap | null {
  switch (event.type) {
    case 'guardian-lost':
    case 'stale-run-swept':
      return event;
    case 'clean-up-failed': {
      const { type, what, error } = event;
      return { type, what, reason: forPeople(error instanceof Error ? error.message : String(error)) };
    }
    default:
      return null;
  }
}

export type RunEvent = Stamped & RunEventBody;
export type RunStarted = RunEvent & { readonly type: 'run-started' };
