/** What a phase may hold, for scenarios and for the generator alike. */
import { z } from 'zod';
import { meanRatePerSec, type Phase, totalMs } from './phases.ts';

/** What the generator can send, with room to spare: of any load, of a single phase, of all together. */
export const MAX_RATE_PER_SEC = 20_000;
const MAX_TOTAL_MS = 600_000;
const MAX_PHASES = 100;

const rate = z.number().nonnegative().max(MAX_RATE_PER_SEC);
const durationMs = z.number().positive().max(MAX_TOTAL_MS);

const phase = z.discriminatedUnion('shape', [
  z.strictObject({ shape: z.literal('steady'), durationMs, ratePerSec: rate }),
  z.strictObject({ shape: z.literal('ramp'), durationMs, fromPerSec: rate, toPerSec: rate }),
  z
    .strictObject({
      shape: z.literal('spike'),
      durationMs,
      basePerSec: rate,
      peakPerSec: rate,
      peakFromMs: z.number().nonnegative().exactOptional().describe('Default: a third of durationMs'),
      peakMs: durationMs.exactOptional().describe('Default: a third of durationMs'),
    })
    .refine(
      ({ durationMs: wholeMs, peakFromMs = wholeMs / 3, peakMs = wholeMs / 3 }) =>
        peakFromMs + peakMs <= wholeMs,
      'a peak that ends within the phase (peakFromMs + peakMs <= durationMs)',
    ),
  z.strictObject({ shape: z.literal('steps'), durationMs, ratesPerSec: z.array(rate).min(1).max(1_000) }),
]);

export const phasesSchema: z.ZodType<readonly Phase[], readonly Phase[]> = z
  .array(phase)
  .min(1)
  .max(MAX_PHASES)
  .refine((phases) => meanRatePerSec(phases) > 0, 'a rate above 0 in at least one phase')
  .refine((phases) => totalMs(phases) <= MAX_TOTAL_MS, `phases of at most ${MAX_TOTAL_MS} ms together`);
