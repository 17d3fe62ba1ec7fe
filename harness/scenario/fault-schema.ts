import { z } from 'zod';
import type { BarrierName } from '../../scenarios/strategies/strategy.ts';

const atMs = z.number().nonnegative().max(600_000).describe('Since the start of the storm');
const durationMs = z
  .number()
  .positive()
  .max(60_000)
  .describe('Until it is undone; the end of the storm undoes it too');

/** Those of scenarios/strategies/strategy.ts, in the order in which a read, a write, then a relay passes them. */
const barrierNames = [
  'afterCacheMiss',
  'afterLockAcquired',
  'beforeDbRead',
  'afterDbRead',
  'beforeCacheSet',
  'afterCacheSet',
  'beforeDbWrite',
  'beforeDbCommit',
  'afterDbCommit',
  'beforeCacheDelete',
  'afterCacheDelete',
  'beforeSecondDelete',
  'afterSecondDelete',
  'beforePublish',
  'afterPublish',
  'beforeApply',
] as const satisfies readonly BarrierName[];

/** A fault of a scenario; harness/faults/fault.ts says what each does. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('flush').describe('Redis loses everything (FLUSHALL)'), atMs }),
  z.strictObject({
    kind: z
      .literal('kill')
      .describe(
        'A process ends by SIGKILL, and another is started at its address; until then requests to it fail',
      ),
    target: z
      .enum(['service', 'relay'])
      .default('service')
      .describe('relay: only of strategies that have one; the others run without this fault'),
    atMs,
    barrier: z
      .enum(barrierNames)
      .nullable()
      .default(null)
      .describe(
        'From atMs on, the first instance that comes to this point of its strategy is killed there; null: the first one, at once',
      ),
    restartAfterMs: z
      .number()
      .nonnegative()
      .max(60_000)
      .default(500)
      .describe('From its end until another is started'),
  }),
  z.strictObject({
    kind: z.literal('pause').describe('A server is stopped (SIGSTOP): connections stay open and silent'),
    target: z.enum(['redis', 'database', 'rabbitmq']),
    atMs,
    durationMs,
  }),
  z.strictObject({
    kind: z.literal('restart').describe('The broker is killed and, after durationMs, started again'),
    target: z.literal('rabbitmq').default('rabbitmq'),
    atMs,
    durationMs,
  }),
  z.strictObject({
    kind: z.literal('refuse').describe('Redis refuses commands (NOPERM)'),
    commands: z
      .array(z.string().regex(/^[a-z]+$/, 'the name of a Redis command in small letters, such as del'))
      .min(1)
      .max(16),
    atMs,
    durationMs,
  }),
  z.strictObject({
    kind: z.literal('read-only').describe('The database refuses every write'),
    atMs,
    durationMs,
  }),
]);
