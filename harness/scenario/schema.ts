/** What a scenario is, as data. Every number a user may set with `--set path=value` is here with its default. */
import { z } from 'zod';
import { evictionPolicies } from '../../scenarios/strategies/eviction-policy.ts';
import { faultSchema } from './fault-schema.ts';
import { keysSchema, loadSchema, MIN_STORM_MS, streamSchema } from './load-schema.ts';
import { outcomeSchema } from './outcome-schema.ts';
import { kebabName, plainText, strategyName, variantSuffix } from './text.ts';

const positive = z.number().positive();
const whole = z.number().int().positive();

const stepDelayMs = z.number().nonnegative().max(1_000).default(0);

const MAX_ROOM_BYTES = 2 ** 40;

const profile = z.strictObject({
  rounds: whole.max(100),
  stormMs: whole.min(MIN_STORM_MS).max(600_000),
});

const variant = z.strictObject({
  name: variantSuffix,
  title: plainText.describe('Added to the scenario’s, in brackets'),
  core: z.boolean().default(false).describe('Whether the smoke profile runs it, too'),
  set: z.record(z.string(), z.unknown()).describe('What differs, by the path that --set would take'),
});

const claim = z.strictObject({
  text: plainText.describe('As people say it'),
  source: plainText.describe('Who says so'),
  cases: z
    .array(
      z.strictObject({
        when: plainText.describe('The circumstances, to be read after “when”'),
        variant: z
          .string()
          .nullable()
          .default(null)
          .describe('The variant that has these circumstances; null: the scenario itself'),
        holds: z
          .array(z.string())
          .min(1)
          .max(8)
          .describe('What the claim means there: thresholds that name a strategy, all of which hold'),
      }),
    )
    .min(1)
    .max(8),
});

export const profileNames = ['smoke', 'standard', 'publish'] as const;

export const scenarioSchema = z.strictObject({
  name: kebabName('my-scenario'),
  title: plainText,
  question: plainText.describe('The question that the scenario answers'),
  dataset: z
    .strictObject({
      rows: whole.max(5_000_000).default(1_000),
      valueBytes: whole.max(1_000_000).default(256),
    })
    .prefault({}),
  cache: z
    .strictObject({
      ttlMs: whole.max(86_400_000).default(60_000),
      roomBytes: whole
        .max(MAX_ROOM_BYTES)
        .nullable()
        .default(null)
        .describe(
          'Memory for entries: maxmemory of Redis is this, and what it uses with all connections open and no entry; null: no limit',
        ),
      evictionPolicy: z
        .enum(evictionPolicies)
        .default('noeviction')
        .describe('maxmemory-policy of Redis, for strategies that bring none of their own'),
      evictionSamples: whole
        .max(64)
        .default(5)
        .describe('maxmemory-samples of Redis: more comes nearer to the true LRU, LFU or expiry'),
    })
    .prefault({}),
  origin: z
    .strictObject({
      queryMs: positive.max(60_000).default(20).describe('Modelled cost: a SLEEP in the statement'),
      poolSize: whole.max(200).default(16).describe('Connections per service instance'),
    })
    .prefault({}),
  service: z
    .strictObject({
      instances: whole.max(16).default(2),
      stepDelayMs: stepDelayMs.describe(
        'Mean of an exponentially distributed delay before each request of a strategy to a server, but for lookups in the cache: the network and the pauses that one machine does not have',
      ),
    })
    .prefault({}),
  relays: z
    .strictObject({ stepDelayMs: stepDelayMs.describe('The same for the requests of relays') })
    .prefault({}),
  start: z
    .enum(['warm', 'cold'])
    .default('warm')
    .describe('warm: the load ran before the storm; cold: fresh processes and an empty cache meet it'),
  preload: z
    .boolean()
    .default(false)
    .describe('All rows are put into the cache in one go just before the storm, as by a nightly job'),
  load: loadSchema,
  faults: z.array(faultSchema).max(20).default([]).describe('On a timeline from the start of the storm'),
  keys: keysSchema.describe('Of the readers that the service is there for'),
  clients: whole.max(10_000).default(1).describe('That those readers are, as the header x-client-id says'),
  streams: z
    .array(streamSchema)
    .max(8)
    .default([])
    .describe(
      'Further parts of the load, such as an attack or writes; the readers of keys are the rest, called honest',
    ),
  consistency: z
    .strictObject({
      quiesceMs: z
        .number()
        .nonnegative()
        .max(60_000)
        .default(1_000)
        .describe(
          'After the storm, when relays have nothing left to do: how long until the rows are looked at',
        ),
      againMs: z
        .number()
        .nonnegative()
        .max(60_000)
        .default(300)
        .describe('From that look to the second: what is wrong both times stays wrong until it expires'),
    })
    .nullable()
    .default(null)
    .describe(
      'Keeps the history of all operations, holds it against what the database committed, and looks at the rows that were written once all is quiet; null: not',
    ),
  timeoutMs: positive.max(60_000).default(5_000).describe('Of one request, from its intended send time'),
  drainMs: z
    .number()
    .nonnegative()
    .max(120_000)
    .default(30_000)
    .describe(
      'After the storm: how long what is still queued for the database may go on before it is dropped',
    ),
  maxConnections: whole.max(10_000).default(256).describe('Per service instance'),
  strategies: z
    .array(z.string())
    .min(1)
    .describe('Strategy names, or paths of strategy files; baseline first'),
  core: z
    .array(z.string())
    .min(1)
    .nullable()
    .default(null)
    .describe('Those of the strategies that the smoke profile runs, baseline included; null: all of them'),
  aliases: z
    .record(strategyName, z.string())
    .default({})
    .describe(
      'Names under which strategies run once more, with parameters of their own: {"queue-short": "concurrency-limit"}',
    ),
  parameters: z
    .record(z.string(), z.record(z.string(), z.number()))
    .default({})
    .describe('Strategy parameters that differ from their defaults, by strategy name'),
  outcome: outcomeSchema
    .prefault({})
    .describe('When a strategy protects, which of them are known not to, and why'),
  thresholds: z
    .array(z.string())
    .default([])
    .describe('Claims to hold, such as "vs none: db.reads < 10%"; the grammar is in the README'),
  margins: z
    .record(z.string(), z.number().positive().max(1))
    .default({})
    .describe(
      'Relative change of a metric that is as good as none, such as 0.05; default: harness/result/metrics.ts',
    ),
  columns: z
    .array(z.string())
    .min(1)
    .max(9)
    .nullable()
    .default(null)
    .describe(
      'Metrics that the reports put side by side, the most important first, predicted beside measured where bounds ' +
        'are stated, and by which strategies are compared with the baseline; null: loads, the bound that most ' +
        'strategies state, response times, goodput, age and errors, of which loads, loads per expiry, p50, p99 and ' +
        'goodput are compared',
    ),
  variants: z
    .array(variant)
    .max(16)
    .default([])
    .describe(
      'The same question under other circumstances: each runs as a scenario <name>-<variant> after this one, and alone as <name>:<variant>',
    ),
  claims: z
    .array(claim)
    .max(32)
    .default([])
    .describe('What people say of it, to be confirmed or refuted by what is measured; they fail no run'),
  profiles: z.strictObject({ smoke: profile, standard: profile, publish: profile }),
});

export type Scenario = z.infer<typeof scenarioSchema>;
export type ScenarioStream = z.infer<typeof streamSchema>;
export type Claim = Scenario['claims'][number];
export type ScenarioInput = z.input<typeof scenarioSchema>;
export type ProfileName = (typeof profileNames)[number];

/**
 * Marks an object as a scenario, checked by the compiler while you write it; the values themselves are
 * checked when it is loaded.
 */
export function defineScenario(scenario: ScenarioInput): ScenarioInput {
  return scenario;
}

/** The name under which a variant runs. */
export function variantName(scenario: string, variant: string): string {
  return `${scenario}-${variant}`;
}

/** The modelled database's capacity in queries per second: connections over all instances, each busy queryMs. */
export function originCapacityPerSec({ origin, service }: Pick<Scenario, 'origin' | 'service'>): number {
  return (origin.poolSize * service.instances * 1000) / origin.queryMs;
}
