/** The part of the result file that tells what happened to one key, operation by operation. Since 1.3. */
import { z } from 'zod';
import { trigger } from './timeline-schema.ts';

const keyOperation = z.object({
  op: z.enum(['read', 'write']),
  fromMs: z.number().describe('Sent; ms since the start of the storm'),
  toMs: z.number().nullable().describe('Answered; null: never, or too late'),
  version: z
    .number()
    .nullable()
    .describe(
      'Of the value written or returned, as the database committed it; null: it never did, or is not known',
    ),
  writeId: z
    .number()
    .optional()
    .describe(
      'Of a write its own; of a read that of the write whose value it returned, 0: the row as loaded',
    ),
  outcome: z
    .enum(['ok', 'fail', 'info'])
    .describe('fail: it did not happen; info: nobody was told, it may have happened'),
  source: z
    .string()
    .optional()
    .describe('How a read was answered: hit, miss, l1 ...; absent: not said, or a write'),
  process: z.number().optional().describe('The service instance, from 0'),
  session: z.number().optional().describe('The client'),
  staleMs: z.number().optional().describe('How long its value had been replaced, at least; stale reads only'),
  wrong: z
    .array(z.string())
    .optional()
    .describe(
      'Of a read: stale, dirty (a value never committed), foreign (of another key), monotonic (older than its session had read), read-your-writes (older than its session had written). Of a write: lost (acknowledged, never committed). Absent: nothing',
    ),
});

export const worstKey = z.object({
  key: z.string(),
  round: z.number(),
  reason: z.string().describe('Why this key and no other, as the end of a sentence: most stale reads'),
  counts: z
    .object({
      reads: z.number().describe('Answered'),
      writes: z.number().describe('Acknowledged'),
      stale: z.number(),
      dirty: z.number(),
      lost: z.number().describe('Writes that were acknowledged and never committed'),
      staleMaxMs: z.number().describe('Of the stalest read, at least; 0: none was stale'),
    })
    .describe('Of all operations of the key in that round, also those left out below'),
  acknowledged: z
    .number()
    .nullable()
    .describe('The newest version acknowledged before the first operation below; null: not known'),
  operations: z.array(keyOperation).describe('Around what went wrong, by when they were sent'),
  more: z.number().describe('Operations of the key in that round that are left out'),
  finalDatabase: z
    .number()
    .nullable()
    .describe('The version in the database when all was quiet; null: not known'),
  finalCache: z
    .array(
      z.object({
        held: z.boolean().describe('false: there was no entry, which is fine'),
        version: z.number().nullable().describe('Of the entry; null: none that was ever committed'),
      }),
    )
    .describe('What the cache held when all was quiet, by when it was looked at'),
  triggers: z.array(trigger).describe('As in the timeline, of that round'),
});

export type WorstKey = z.infer<typeof worstKey>;
