/** The parts of the result file that show a trial over time. What later minor versions add is optional. */
import { z } from 'zod';

export const trigger = z.object({ name: z.string(), fromMs: z.number(), toMs: z.number() });

const timelinePoint = z.object({
  tMs: z.number().describe('Window start, ms since the start of the storm'),
  offered: z.number(),
  p50Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  dbReadsPerSec: z.number().nullable(),
  hitRatio: z.number().nullable().describe('Redis keyspace hits / lookups in the window'),
  goodput: z
    .number()
    .nullable()
    .optional()
    .describe('Share of the window’s requests answered right and in time. Since 1.2'),
  memoryBytes: z.number().optional().describe('used_memory of Redis at the window’s end. Since 1.2'),
  staleReads: z
    .number()
    .nullable()
    .optional()
    .describe(
      'Share of the reads sent in the window that were stale; null: none was judged; absent: nothing is written, or no history was kept. Since 1.3',
    ),
});

export const timeline = z.object({
  round: z.number().describe('The round shown: the one with the median number of database reads'),
  windowMs: z.number(),
  points: z.array(timelinePoint),
  expiriesMs: z
    .array(z.number())
    .describe('When the hot entry expired, or was renewed before it did; ms since the start of the storm'),
  triggers: z
    .array(trigger)
    .optional()
    .describe(
      'What set the storm off, ms since its start: faults, expiry (of all entries), cold-start. Since 1.2',
    ),
});

export const spectrumPoint = z.object({
  percentile: z.number().describe('0 to 100'),
  oneIn: z.number().describe('1 / (1 - p): 100 means one request in a hundred was slower'),
  ms: z.number(),
});

export type Timeline = z.infer<typeof timeline>;
export type SpectrumPoint = z.infer<typeof spectrumPoint>;
