import type { ScenarioInput } from '../harness/scenario/schema.ts';
import { avalanche } from './avalanche.ts';
import { breakdown } from './breakdown.ts';
import { cacheTiers } from './cache-tiers.ts';
import { eviction } from './eviction.ts';
import { metastable } from './metastable.ts';
import { penetration } from './penetration.ts';
import { writeConsistency } from './write-consistency.ts';
import { writeCrash } from './write-crash.ts';

/** The built-in scenarios, in the order in which `list` shows and a bare `run` runs them. */
export const scenarios: readonly ScenarioInput[] = [
  breakdown,
  penetration,
  avalanche,
  metastable,
  eviction,
  cacheTiers,
  writeConsistency,
  writeCrash,
];
