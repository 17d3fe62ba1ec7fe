/** When a strategy may be said to protect: the scenario's outcome. */
import { z } from 'zod';

const name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'kebab-case, such as stale-reads');

const criterion = z.strictObject({
  name,
  says: z
    .string()
    .min(1)
    .max(120)
    .describe('What it asks for, to be read after “it”: keeps every answer right'),
  any: z
    .array(z.string())
    .min(1)
    .max(4)
    .describe('Thresholds without a strategy’s name, of which one has to hold in each round'),
});

const concession = z.strictObject({
  criterion: z.string().describe('Name of the criterion that it does not meet'),
  instead: z
    .string()
    .nullable()
    .default(null)
    .describe(
      'What it delivers in its place: a threshold that has to hold in each round that misses the criterion; null: nothing',
    ),
  because: z.string().min(1).describe('Why that is to be expected of it, as a sentence'),
});

export const outcomeSchema = z.strictObject({
  criteria: z
    .array(criterion)
    .min(1)
    .max(8)
    .nullable()
    .default(null)
    .describe(
      'All of them have to be met; null: those that go with the load and the faults (default-criteria.ts)',
    ),
  baseline: z
    .enum(['fails', 'competes'])
    .default('fails')
    .describe(
      'fails: it misses a criterion, or the storm did not bite and nothing is concluded; competes: it is a contender like all others',
    ),
  givesUp: z
    .record(z.string(), z.array(concession).min(1).max(8))
    .default({})
    .describe(
      'What strategies are known not to deliver, by strategy: it fails no run, and is told beside them',
    ),
});

export type Criterion = z.infer<typeof criterion>;
export type Concession = z.infer<typeof concession>;
