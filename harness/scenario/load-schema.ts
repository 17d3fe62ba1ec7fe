/** What a scenario loads its service with: keys, streams, and how requests arrive. */
import { z } from 'zod';
import { MAX_RATE_PER_SEC, phasesSchema } from '../load/phase-schema.ts';
import { totalMs } from '../load/phases.ts';
import { kebabName } from './text.ts';

const positive = z.number().positive();
const whole = z.number().int().positive();

/** The shortest storm. */
export const MIN_STORM_MS = 500;

export const keysSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('hot') }),
  z.strictObject({ kind: z.literal('uniform'), count: whole }),
  z.strictObject({
    kind: z.literal('zipf'),
    count: whole,
    exponent: positive.max(10),
    shiftEvery: whole
      .exactOptional()
      .describe(
        'After so many of its requests other keys are popular, and again after as many; absent: never',
      ),
  }),
  z.strictObject({ kind: z.literal('scan'), count: whole }),
  z.strictObject({ kind: z.literal('missing'), count: whole.nullable() }),
]);

/** The stream of a scenario's own `keys`, beside its other `streams`. */
export const HONEST_STREAM = 'honest';

export const streamSchema = z.strictObject({
  name: kebabName('random-keys').refine(
    (name) => name !== HONEST_STREAM,
    `another name: "${HONEST_STREAM}" is the rest of the load`,
  ),
  share: z.number().positive().lt(1).describe('Of all requests'),
  operation: z.enum(['read', 'write']).default('read'),
  keys: z
    .discriminatedUnion('kind', [
      ...keysSchema.options,
      z.strictObject({ kind: z.literal(['new', 'inserted', 'readers']) }),
    ])
    .describe('readers: those of the scenario’s own keys, as popular as there'),
  clients: whole.max(10_000).default(1).describe('Named in the header x-client-id'),
  restMs: z
    .number()
    .nonnegative()
    .max(600_000)
    .default(0)
    .describe(
      'How long before the end of the storm it ends: its requests are the readers’ then, so that what it did can come to rest',
    ),
});

const keepAlive = z
  .boolean()
  .default(true)
  .describe('false: a new connection for every request, with Connection: close');

export const loadSchema = z.discriminatedUnion('model', [
  z.strictObject({
    model: z.literal('open'),
    arrivals: z.enum(['constant', 'poisson']).default('constant'),
    ratePerSec: positive
      .max(MAX_RATE_PER_SEC)
      .nullable()
      .default(null)
      .describe('Requests per second; null: use timesCapacity or phases'),
    timesCapacity: positive.max(100).nullable().default(null).describe('Rate as a multiple of the capacity'),
    retries: whole
      .or(z.literal(0))
      .default(0)
      .describe('How often a client tries again, at once, what timed out, failed or was refused'),
    phases: phasesSchema
      .refine((phases) => totalMs(phases) >= MIN_STORM_MS, `phases of at least ${MIN_STORM_MS} ms together`)
      .nullable()
      .default(null)
      .describe(
        'A rate that changes: steady, ramp, spike and steps, one after the other; their sum is the length of ' +
          'the storm in every profile',
      ),
    keepAlive,
  }),
  z.strictObject({ model: z.literal('closed'), connections: whole.max(2_000), keepAlive }),
]);
