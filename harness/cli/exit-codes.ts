import type { Verdict } from '../result/schema.ts';

/** What the exit code of `cachestorm` says. Scripts build on these numbers: they do not change. */
export const exitCodes = {
  held: 0,
  failed: 1,
  usage: 2,
  infrastructure: 3,
  inconclusive: 4,
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

/** Failures of what the measurement needs, rather than of the measurement. */
const INFRASTRUCTURE = new Set([
  'E_BACKEND_MISSING',
  'E_BACKEND_OVERRIDE',
  'E_BACKEND_START',
  'E_BACKEND_STOPPED',
  'E_BACKEND_CONTROL',
  'E_UNFIT_SERVERS',
  'E_PLACE_LOST',
  'E_BACKEND_IMAGE',
  'E_ENGINE',
  'E_NO_SERVERS',
  'E_GUARDIAN',
  'E_SERVICE_LOST',
  'E_GENERATOR_LOST',
  'E_RELAY_LOST',
  'E_TRUTH_SERVER_LOST',
  'E_PROBE',
  'E_TARGET',
]);
const USAGE = new Set(['E_USAGE', 'E_ADDRESS', 'E_RUN_DIRECTORY']);

export function exitCodeOfError(error: unknown): number {
  const code = errorCode(error);
  if (code !== null && USAGE.has(code)) return exitCodes.usage;
  if (code !== null && INFRASTRUCTURE.has(code)) return exitCodes.infrastructure;
  return exitCodes.inconclusive;
}

export function errorCode(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : null;
}
