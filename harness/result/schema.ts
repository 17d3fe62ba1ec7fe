/**
 * The result file. This schema is the one truth: the types, the published JSON Schema and the check of
 * every file read or written come from it. A reader of version N reads every N.x: add fields, never
 * change or remove one without a new major version. This one reads 1.x, too: what 2.0 adds is optional.
 */
import { z } from 'zod';
import { freshness } from './freshness-schema.ts';
import { outcome } from './outcome-schema.ts';
import { spectrumPoint, timeline } from './timeline-schema.ts';
import { worstKey } from './worst-key-schema.ts';

export const SCHEMA_VERSION = '2.0';

const verdict = z.enum(['pass', 'fail', 'inconclusive']);

/** What later minor versions add is optional, so that a file of 1.0 can still be read. */
const ci = z.object({
  low: z.number(),
  high: z.number(),
  confidence: z
    .number()
    .describe('Reached, 0 to 1: at most 0.75 for 3 rounds and 0.94 for 5, whatever is asked for'),
});

const metric = z.object({
  unit: z.enum(['count', 'ms', 'fraction', 'bytes', 'per second', 'ratio']),
  median: z.number().describe('Median over rounds'),
  low: z.number().describe('Smallest value of any round'),
  high: z.number().describe('Largest value of any round'),
  values: z.array(z.number()).describe('One value per round, in the order of rounds'),
  ci: ci.optional().describe('Of the median: exact, between order statistics. Since 1.1'),
});

const REASON = 'Why it is inconclusive, or broken by more than its number shows';

const bound = z.object({
  metric: z.string(),
  predicted: z.object({
    low: z
      .number()
      .nullable()
      .describe('Smallest value that theory allows, tolerance included; null: no limit'),
    high: z.number().nullable(),
    formula: z.string(),
    value: z.number().nullable().describe('What the formula itself gives for this trial, before tolerance'),
  }),
  measured: z
    .number()
    .nullable()
    .describe(
      'Over all rounds together where chance scatters it, of the round that is furthest outside where one is, else the median over rounds; null when it could not be measured',
    ),
  holds: z.boolean().nullable().describe('null: inconclusive'),
  reason: z.string().optional().describe(REASON),
});

const threshold = z.object({
  expression: z.string().describe('In its canonical form'),
  strategy: z.string(),
  metric: z.string(),
  against: z.string().nullable().describe('The strategy it is relative to; null: to none'),
  actual: z
    .number()
    .nullable()
    .describe('Median over rounds, relative ones of the ratios round by round; null: could not be measured'),
  limit: z.number().describe('In the unit of the metric; for a relative one as a ratio, 1.1 for +10%'),
  interval: ci.optional().describe('Of actual, where the threshold asks for a confidence'),
  holds: z.boolean().nullable().describe('null: inconclusive'),
  reason: z.string().optional().describe(REASON),
});

const warning = z.object({
  code: z.string(),
  message: z.string().describe('What is doubtful and why'),
  remedy: z.string(),
  strategy: z.string().optional(),
  round: z.number().optional(),
  voids: z.boolean().optional().describe('True: takes the verdict from what it is about. Since 1.2'),
});

const strategy = z.object({
  name: z.string(),
  idea: z.string(),
  source: z.string(),
  weakness: z.string(),
  baseline: z.boolean(),
  aa: z.boolean().optional().describe('True: the baseline, run again under this name (--aa). Since 1.2'),
  parameters: z.record(z.string(), z.object({ unit: z.string(), value: z.number() })),
  verdict: verdict.describe('Of bounds, thresholds and, since 2.0, outcome'),
  asPredicted: verdict
    .nullable()
    .optional()
    .describe('Whether the measurement agrees with theory: all bounds; null: theory states none. Since 2.0'),
  outcome: outcome.optional().describe('Whether it protected. Since 2.0'),
  metrics: z.record(z.string(), metric),
  bounds: z.array(bound),
  thresholds: z.array(threshold).default([]).describe('Since 1.1'),
  timeline: timeline.nullable(),
  spectrum: z.array(spectrumPoint).describe('Response times of all rounds together'),
  worstKey: worstKey
    .optional()
    .describe('The key that went most wrong in any round; absent: none did, or nobody looked. Since 1.3'),
  freshness: freshness
    .optional()
    .describe('How soon writes are seen, all rounds together; absent: no read could be stale. Since 1.4'),
});

const comparison = z.object({
  strategy: z.string(),
  against: z.string(),
  metric: z.string(),
  ratio: z.number().nullable().describe('Median of the paired ratios strategy / against, round by round'),
  low: z.number().nullable().describe('Smallest ratio of any round'),
  high: z.number().nullable().describe('Largest ratio of any round; null: without limit'),
  verdict: z
    .enum(['better', 'worse', 'equivalent', 'inconclusive'])
    .describe('equivalent: the interval lies inside the practical margin. Since 1.1'),
  rounds: z
    .number()
    .optional()
    .describe('Rounds in which both were measured. Since 1.1, as all that follows'),
  ci: z
    .object({ low: z.number().nullable(), high: z.number().nullable(), confidence: z.number() })
    .nullable()
    .optional()
    .describe('Of the ratio: the ratios that the signed-rank test does not reject; confidence as reached'),
  hodgesLehmann: ci
    .extend({ shift: z.number().describe('Median of the pairwise means of the paired differences') })
    .nullable()
    .optional()
    .describe('Shift in the unit of the metric, strategy - against, with its interval'),
  cliffsDelta: z
    .number()
    .nullable()
    .optional()
    .describe('-1: every round of the strategy lies below every one of the other; 1: above; 0: no order'),
  pValue: z
    .number()
    .nullable()
    .optional()
    .describe('Exact two-sided signed-rank test of the paired log ratios; n rounds reach 2^(1-n) at best'),
  pAdjusted: z.number().nullable().optional().describe('By Holm, over the contenders of this metric'),
  minimumDetectableEffect: z
    .number()
    .nullable()
    .optional()
    .describe('Smallest relative change that these rounds would have found in 4 of 5 runs; 0.08: 8%'),
  margin: z.number().optional().describe('Relative change that is as good as none; 0.05: 5%'),
  basis: z
    .enum(['exact', 'magnitude', 'none'])
    .optional()
    .describe(
      'What the verdict rests on. exact: the signed-rank test. magnitude: too few rounds for it, but a change far outside their scatter, taken to be normal. none: fewer than 3 rounds',
    ),
  censored: z
    .object({ strategy: z.number(), against: z.number() })
    .optional()
    .describe(
      'Rounds in which each was not seen to be back, or in step again, so that the time is longer than its value: the ratio is one of what was seen. Absent: in none. Since 1.2',
    ),
  reason: z.string().optional().describe('Why it is inconclusive'),
});

const noiseFloor = z.object({
  metric: z.string(),
  median: z
    .number()
    .nullable()
    .describe('Median over rounds of the relative difference, either way: 0.04 for 1.04 and for 1/1.04'),
  within: z
    .number()
    .nullable()
    .describe(
      'Farther end of the exact interval of the ratio, as a relative difference; null: without limit',
    ),
  confidence: z.number().describe('Of that interval, as reached: 0.75 for 3 rounds'),
  rounds: z.number(),
  verdict: comparison.shape.verdict.describe('better or worse: the baseline differs from itself'),
});

const claim = z.object({
  text: z.string(),
  source: z.string().describe('Who says so'),
  verdict: z
    .enum(['confirmed', 'refuted', 'only when', 'not judged'])
    .describe(
      'confirmed: it holds in every case; refuted: in none; only when: in some, which evidence names; not judged: what is missing could make it another of these',
    ),
  evidence: z.string().describe('One sentence made from the cases'),
  cases: z.array(
    z.object({
      when: z.string().describe('The circumstances'),
      variant: z.string().nullable().describe('Of the scenario, in which it was tried; null: none'),
      holds: z.boolean().nullable().describe('null: not judged'),
      evidence: z.string().describe('What was measured, beside its limits; empty: nothing was'),
      reason: z.string().optional().describe('Why it was not judged'),
      checks: z.array(threshold).describe('What the claim means in this case'),
    }),
  ),
});

const scenario = z.object({
  name: z.string(),
  title: z.string(),
  verdict,
  question: z.string(),
  answer: z.string().describe('One sentence made from the data'),
  load: z.object({
    model: z.enum(['open', 'closed']).describe('open: arrivals on a schedule; closed: each connection waits'),
    description: z.string().describe('Arrivals, keys, instances and query cost in one line'),
  }),
  capacity: z.object({
    queriesPerSec: z.number(),
    formula: z.string(),
  }),
  settings: z.record(z.string(), z.unknown()).describe('The scenario as it was run, every default filled in'),
  columns: z
    .array(z.string())
    .optional()
    .describe('Metrics that the scenario wants side by side; absent: the usual ones. Since 1.2'),
  strategies: z.array(strategy),
  comparisons: z.array(comparison),
  noiseFloor: z
    .array(noiseFloor)
    .optional()
    .describe('How far the baseline differs from itself, by metric; with --aa only. Since 1.2'),
  claims: z
    .array(claim)
    .optional()
    .describe('What people say, held against this run; without influence on any verdict. Since 1.2'),
  warnings: z.array(warning),
});

const provenance = z.object({
  cachestorm: z.string(),
  git: z.object({ revision: z.string(), dirty: z.boolean() }).nullable(),
  planHash: z.string().describe('SHA-256 of plan.json'),
  seed: z.number(),
  profile: z.string(),
  rounds: z.number(),
  command: z.string(),
  startedAt: z.string().describe('ISO 8601, UTC'),
  finishedAt: z.string(),
  node: z.string(),
  host: z.object({
    cpuModel: z.string(),
    cpus: z.number(),
    memoryBytes: z.number(),
    platform: z.string(),
    kernel: z.string(),
  }),
  infra: z.string(),
  backends: z.array(
    z.object({
      kind: z.string(),
      product: z.string(),
      version: z.string(),
      topology: z
        .enum(['sentinel', 'cluster'])
        .optional()
        .describe('How servers work together to be one; absent: a server by itself. Since 1.5'),
    }),
  ),
  packages: z
    .record(z.string(), z.string())
    .describe('Exact versions of the packages that shape the numbers'),
});

export const resultSchema = z.object({
  schemaVersion: z.string().regex(/^[12]\.\d+$/),
  runId: z.string(),
  verdict,
  interrupted: z.boolean().describe('True when the run was stopped before its plan was done'),
  provenance,
  warnings: z.array(warning),
  scenarios: z.array(scenario),
});

export type { Freshness } from './freshness-schema.ts';
export type { OutcomeResult } from './outcome-schema.ts';
export type { SpectrumPoint, Timeline } from './timeline-schema.ts';
export type { WorstKey } from './worst-key-schema.ts';
export type Result = z.infer<typeof resultSchema>;
export type ScenarioResult = z.infer<typeof scenario>;
export type StrategyResult = z.infer<typeof strategy>;
export type Metric = z.infer<typeof metric>;
export type BoundResult = z.infer<typeof bound>;
export type ThresholdResult = z.infer<typeof threshold>;
export type Comparison = z.infer<typeof comparison>;
export type NoiseFloor = z.infer<typeof noiseFloor>;
export type ClaimResult = z.infer<typeof claim>;
export type Warning = z.infer<typeof warning>;
export type Verdict = z.infer<typeof verdict>;
export type Provenance = z.infer<typeof provenance>;
