/** The part of the result file that tells how soon writes are seen, from the histories of all rounds. Since 1.4. */
import { z } from 'zod';

const visibilityStep = z.object({
  fromMs: z.number(),
  toMs: z.number().nullable().describe('Not included; null: without an end'),
  reads: z.number(),
  fresh: z.number().describe('Of them, those that returned that write or a newer one'),
});

const within = z.object({
  withinMs: z.number().describe('Stale for no longer than this is good; 0: not stale at all'),
  reads: z.number().describe('All that were judged'),
  bad: z.number().describe('Of them, those that were stale for longer, at least'),
  badShareAtMost: z
    .number()
    .nullable()
    .describe(
      'Largest share of bad reads that so few of so many leave possible, with 95% confidence; 3 / reads where none was bad. Takes reads for independent. null: no reads',
    ),
  nines: z.number().nullable().describe('Whole nines that are so supported: 3 for at least 99.9% good reads'),
});

const gamma = z.object({
  values: z.number().describe('Values that were written or read'),
  conflicting: z
    .number()
    .describe(
      'Of them, those that overlap in time with another as no single copy of their row would let them',
    ),
  p50Ms: z.number().nullable().describe('Scores of the conflicting; null: there are none'),
  p99Ms: z.number().nullable(),
  maxMs: z.number().describe('Gamma itself; 0: there are none'),
});

export const freshness = z.object({
  visibility: z
    .array(visibilityStep)
    .describe(
      'Reads by the time from the latest acknowledged write of their row to their sending (t-visibility), in ms; steps without reads are left out',
    ),
  within: z.array(within),
  gamma: gamma.describe('By how much operations would have to be moved apart to be linearizable'),
});

export type Freshness = z.infer<typeof freshness>;
