import type { Check } from './check.ts';
import { constantDelay } from './checks/constant-delay.ts';
import { freeze } from './checks/freeze.ts';
import { groundTruth } from './checks/ground-truth.ts';
import { headroom } from './checks/headroom.ts';
import { logNormalDelay } from './checks/log-normal-delay.ts';
import { machine } from './checks/machine.ts';
import { poissonArrivals } from './checks/poisson-arrivals.ts';
import { wireChecks } from './checks/wire.ts';
import { wireFrozen } from './checks/wire-frozen.ts';
import { wireRefused } from './checks/wire-refused.ts';

/** In the order in which they run. */
export const checks: readonly Check[] = [
  machine,
  constantDelay,
  logNormalDelay,
  freeze,
  poissonArrivals,
  headroom,
  ...wireChecks,
  wireRefused,
  wireFrozen,
  groundTruth,
];
