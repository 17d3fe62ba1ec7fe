/** Whether a strategy protected, criterion by criterion. Since 2.0. */
import { z } from 'zod';

const check = z.object({
  expression: z.string().describe('A threshold in its canonical form'),
  metric: z.string(),
  against: z.string().nullable().describe('The strategy it is relative to; null: to none'),
  limit: z.number().describe('In the unit of the metric; for a relative one as a ratio'),
  rounds: z.array(
    z.object({
      round: z.number(),
      actual: z.number().nullable().describe('null: could not be measured'),
      holds: z.boolean().nullable(),
      reason: z.string().optional(),
    }),
  ),
});

export const outcome = z.object({
  verdict: z
    .enum(['protected', 'as declared', 'not protected', 'inconclusive'])
    .describe(
      'protected: every criterion was met in every round; as declared: what was missed is what the scenario says that the strategy gives up; not protected: a round missed another criterion; inconclusive: not known of every round, or the storm did no harm',
    ),
  expected: z
    .enum(['protected', 'not protected'])
    .describe(
      'not protected: it is the scenario’s baseline, which the storm has to hurt; where it does not, nothing is shown of the others',
    ),
  criteria: z.array(
    z.object({
      name: z.string(),
      says: z.string().describe('What it asks for, to be read after “it”'),
      holds: z
        .boolean()
        .nullable()
        .describe('In every round; null: not known of every round, and missed in none'),
      missedIn: z.array(z.number()).describe('Rounds in which no check held'),
      openIn: z.array(z.number()).describe('Rounds of which it is not known: void, missing, or not measured'),
      checks: z.array(check).describe('One of them has to hold in each round'),
      givesUp: z
        .object({
          because: z.string(),
          instead: z
            .array(check)
            .optional()
            .describe('What it delivers in place of the criterion, in the rounds that missed it'),
          delivered: z
            .boolean()
            .nullable()
            .describe('Whether it did, in each of these rounds; true where it promises nothing'),
        })
        .optional()
        .describe('The scenario’s declaration that the strategy does not meet it'),
    }),
  ),
});

export type OutcomeResult = z.infer<typeof outcome>;
