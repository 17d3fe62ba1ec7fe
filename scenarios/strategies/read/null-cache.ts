import { absenceParameters, absenceReader } from '../absence.ts';
import { preloadEntries } from '../fill.ts';
import { rememberedAbsence } from '../penetration-theory.ts';
import type { ReadStrategyDefinition } from '../strategy.ts';
import { loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

/** A row that does not exist is cached as well. */
export const nullCache: ReadStrategyDefinition<keyof typeof absenceParameters> = {
  kind: 'read',
  name: 'null-cache',
  idea: 'A row that does not exist leaves a marker under its entry key for a short time; readers of a process share a load.',
  source: 'RFC 2308, negative caching of DNS queries (1998); the notes’ 緩存空值',
  weakness:
    'Useless against an endless stream of new keys, and each of them takes about 145 bytes in Redis. A row that others insert is denied until the marker expires; so is one whose reader was slower than its writer.',
  parameters: absenceParameters,
  expiry: 'physical',
  predict: (input) => [
    ...loadsPerExpiry(input, () => ({ value: input.instances, low: 1, formula: 'P' })),
    ...loadsPerMissing(input, (traffic) =>
      rememberedAbsence(traffic, {
        nullTtlMs: input.parameters.nullTtlMs ?? Number.NaN,
        instances: input.instances,
      }),
    ),
    predictPhysicalAge(input),
  ],
  create: (context, { nullTtlMs }) => ({
    preload: (items) => preloadEntries(context, items),
    get: absenceReader(context, nullTtlMs),
  }),
};
