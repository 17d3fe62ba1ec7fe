import { z } from 'zod';
import { GeneratorFailedError } from './generator-error.ts';
import { PATH_PATTERN } from './item-path.ts';
import { phasesSchema } from './phase-schema.ts';
import { totalMs } from './phases.ts';
import type { GeneratorCommand, GeneratorMessage } from './protocol.ts';

const positive = z.number().positive();
const count = z.int().positive();

const keys = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('hot'), key: z.int().nonnegative().exactOptional() }),
  z.strictObject({ kind: z.literal('uniform'), count }),
  z.strictObject({ kind: z.literal('zipf'), count, exponent: positive, shiftEvery: count.exactOptional() }),
  z.strictObject({ kind: z.literal('scan'), count }),
  z.strictObject({ kind: z.literal('missing'), count: count.nullable() }),
]);

const stream = z.strictObject({
  name: z.string(),
  share: positive,
  operation: z.enum(['read', 'write']),
  keys: z.union([keys, z.strictObject({ kind: z.literal(['new', 'inserted', 'readers']) })]),
  clients: count,
  valueBytes: count,
  untilMs: z.number().exactOptional(),
});

const openLoad = z.strictObject({
  model: z.literal('open'),
  arrivals: z.enum(['constant', 'poisson']),
  ratePerSec: positive,
  phases: phasesSchema.exactOptional(),
});

const plan = z
  .strictObject({
    targets: z.array(z.url({ protocol: /^https?$/ })).min(1),
    load: z.discriminatedUnion('model', [
      openLoad,
      z.strictObject({ model: z.literal('closed'), connections: count }),
    ]),
    durationMs: positive,
    timeoutMs: positive,
    retries: z.int().nonnegative().exactOptional(),
    maxConnections: count,
    keepAlive: z.boolean().exactOptional(),
    keys,
    streams: z.array(stream).min(1).exactOptional(),
    path: z.string().regex(PATH_PATTERN).exactOptional(),
    history: z.string().min(1).exactOptional(),
    seed: z.int(),
    rankSeed: z.int().exactOptional(),
    windowMs: positive.nullable(),
    progressEveryMs: positive.exactOptional(),
  })
  .refine(
    ({ load, durationMs }) =>
      load.model === 'closed' ||
      load.phases === undefined ||
      Math.abs(totalMs(load.phases) - durationMs) < 1e-6,
    { path: ['durationMs'], message: 'expected the sum of the phases' },
  )
  .refine(({ history, streams }) => history === undefined || streams !== undefined, {
    path: ['history'],
    message: 'expected streams: a history tells who wrote what',
  })
  .refine(({ load, streams }) => load.model === 'open' || streams === undefined, {
    path: ['streams'],
    message: 'expected an open load',
  });

const command: z.ZodType<GeneratorCommand> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('start'), plan }),
  z.strictObject({ type: z.literal('stop') }),
]);

/**
 * A command as it came over IPC.
 *
 * @throws GeneratorFailedError that names every wrong field
 */
export function parseCommand(message: unknown): GeneratorCommand {
  const parsed = command.safeParse(message);
  if (parsed.success) return parsed.data;
  throw new GeneratorFailedError(`the generator cannot use this command:\n${z.prettifyError(parsed.error)}`);
}

const MESSAGE_TYPES: ReadonlySet<unknown> = new Set(['ready', 'started', 'progress', 'report', 'error']);

/**
 * A generator's message. Its type is checked, not all of a report: both sides come from one commit, and the
 * reports are large.
 *
 * @throws GeneratorFailedError
 */
export function parseMessage(message: unknown): GeneratorMessage {
  const known = typeof message === 'object' && message !== null && 'type' in message;
  if (known && MESSAGE_TYPES.has(message.type)) return message as GeneratorMessage;
  const shown = (JSON.stringify(message) ?? String(message)).slice(0, 200);
  throw new GeneratorFailedError(`the generator sent a message of unknown type: ${shown}`);
}
