import { CachestormError } from '../failure/cachestorm-error.ts';
import { firstOf } from '../failure/first-of.ts';
import type { Verdict } from '../result/schema.ts';
import { userFileOf } from './whose.ts';

/** What the exit code of `cachestorm` says. Scripts build on these numbers: they do not change. */
export const exitCodes = {
  held: 0,
  failed: 1,
  usage: 2,
  infrastructure: 3,
  inconclusive: 4,
  /** EX_SOFTWARE of sysexits.h: far from the others, so that no script takes a bug for noise or for a verdict. */
  bug: 70,
  interrupted: 130,
} as const;

export function exitCodeOf(verdict: Verdict): number {
  switch (verdict) {
    case 'pass':
      return exitCodes.held;
    case 'fail':
      return exitCodes.failed;
    case 'inconclusive':
      return exitCodes.inconclusive;
  }
}

/** Returns the exit code of an error's kind. What has no kind was thrown by a user's file, or is a bug of ours. */
export function exitCodeOfError(thrown: unknown): number {
  const error = firstOf(thrown);
  if (error instanceof CachestormError) return exitCodes[error.failure];
  const path = error instanceof Error ? userFileOf(error.stack ?? '') : null;
  return path === null ? exitCodes.bug : exitCodes.usage;
}

export function errorCode(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : null;
}
