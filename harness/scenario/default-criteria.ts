import type { Criterion } from './outcome-schema.ts';
import { originCapacityPerSec, type Scenario } from './schema.ts';

/** Loads of an expiry that a database hardly notices, for each process: XFetch with beta 1 makes e of them in all. */
const LOADS_A_PROCESS = 3;
/** Goodput is taken over half seconds: a service that is back within two of them hardly went away. */
const BACK_AT_ONCE_MS = 1_000;
/** Times that the database may take to load every row once until the service is back. */
const RELOADS = 1.5;

/** Names of all criteria that a scenario without its own may have. */
export const defaultCriteria = [
  'answers',
  'loads',
  'errors',
  'repeated',
  'endless',
  'honest-users',
  'rows-found',
  'new-rows',
  'back',
  'hits',
  'writes-taken',
  'rows-right',
  'writes-kept',
  'clean-reads',
  'stale-reads',
] as const;

interface DefaultCriterion extends Criterion {
  readonly name: (typeof defaultCriteria)[number];
}

/** Says whether the first strategy runs without protection, to show that the storm does harm; an only one is no baseline. */
export function hasBaseline({ outcome, strategies }: Pick<Scenario, 'outcome' | 'strategies'>): boolean {
  return outcome.baseline === 'fails' && strategies.length > 1;
}

/**
 * Returns what protected means in a scenario: its own criteria, or those that go with its load and its faults.
 *
 * @param stormMs Length of the storm.
 */
export function criteriaOf(scenario: Scenario, stormMs: number): readonly Criterion[] {
  const { criteria } = scenario.outcome;
  if (criteria !== null) return criteria;
  const { preload, cache, start, faults } = scenario;
  const triggered =
    start === 'cold' || (preload && cache.ttlMs < stormMs) || faults.some(({ atMs }) => atMs < stormMs);
  const found = [
    ...(triggered ? recoveryCriteria(scenario) : hotKeyCriteria(scenario)),
    ...missingKeyCriteria(scenario),
    ...evictionCriteria(scenario),
    ...writeCriteria(scenario),
  ];
  return found.length > 0 ? found : [ANSWERS];
}

const ANSWERS: DefaultCriterion = {
  name: 'answers',
  says: 'answers 99% of the requests rightly and in time',
  any: ['goodput >= 99%'],
};

function hotKeyCriteria({ keys, service }: Scenario): readonly DefaultCriterion[] {
  if (keys.kind !== 'hot') return [];
  const most = LOADS_A_PROCESS * service.instances;
  return [
    {
      name: 'loads',
      says: `sends at most ${most} queries an expiry to the database, or 5% of the baseline’s`,
      any: [`db.loadsPerExpiry <= ${most}`, 'vs baseline: db.loadsPerExpiry <= 5%'],
    },
    {
      name: 'errors',
      says: 'fails or delays past the timeout fewer than 1 in 1,000 requests',
      any: ['requests.errorRate < 0.1%'],
    },
  ];
}

function missingKeyCriteria({ keys, streams }: Scenario): readonly DefaultCriterion[] {
  const missing = streams.flatMap(({ keys: asked }) => (asked.kind === 'missing' ? [asked.count] : []));
  if (missing.length === 0 || keys.kind === 'missing') return [];
  const attack = (name: 'repeated' | 'endless', percent: number, words: string): DefaultCriterion => ({
    name,
    says: `asks the database for at most ${percent}% of ${words}`,
    any: [`db.loadsPerMissing.${name} <= ${percent / 100}`],
  });
  return [
    // Of few keys each process loads each null once, and the one on which a filter errs every time.
    ...(missing.some((count) => count !== null) ? [attack('repeated', 10, 'the repeated missing keys')] : []),
    ...(missing.includes(null) ? [attack('endless', 5, 'the ever new missing keys')] : []),
    {
      name: 'honest-users',
      says: 'answers 99% of honest users’ requests rightly and in time',
      any: ['honest.goodput >= 99%'],
    },
    { name: 'rows-found', says: 'denies no row that exists', any: ['honest.falseNotFound == 0'] },
    ...(streams.some(({ keys: asked }) => asked.kind === 'inserted') ? [NEW_ROWS] : []),
  ];
}

const NEW_ROWS: DefaultCriterion = {
  name: 'new-rows',
  says: 'denies no row just inserted',
  any: ['inserted.falseNotFound == 0'],
};

/** Where rows are judged in the end, or hits over a whole storm, a fault is but what they go through. */
function recoveryCriteria(scenario: Scenario): readonly DefaultCriterion[] {
  const { cache, consistency } = scenario;
  if (consistency !== null || cache.roomBytes !== null) return [];
  const reloadMs = (scenario.dataset.rows / originCapacityPerSec(scenario)) * 1000;
  const withinMs = Math.ceil(Math.max(BACK_AT_ONCE_MS, RELOADS * reloadMs) / 100) * 100;
  return [
    {
      name: 'back',
      says: `keeps goodput at 90%, or has it back at 95% within ${withinMs / 1000} s and by the storm’s end`,
      any: ['recovery.worstGoodput >= 90%', `recovery.to95Ms <= ${withinMs}ms`],
    },
  ];
}

function evictionCriteria({ cache }: Scenario): readonly DefaultCriterion[] {
  if (cache.roomBytes === null) return [];
  return [
    {
      name: 'hits',
      says: 'hits 90% as often as the best possible cache of its size',
      any: ['cache.optimumShare >= 90%'],
    },
    { name: 'writes-taken', says: 'takes every entry', any: ['cache.refusedWrites == 0'] },
  ];
}

function writeCriteria({ streams, consistency, faults }: Scenario): readonly DefaultCriterion[] {
  if (streams.every(({ operation, keys }) => operation === 'read' || keys.kind === 'new')) return [];
  const stale = (share: string): DefaultCriterion => ({
    name: 'stale-reads',
    says: `answers at most ${share} of the reads with old data`,
    any: [`staleness.readRate <= ${share}`],
  });
  if (consistency === null) return [stale('1%')];
  return [
    { name: 'rows-right', says: 'leaves no row wrong at rest', any: ['consistency.divergentKeys == 0'] },
    { name: 'writes-kept', says: 'loses no acknowledged write', any: ['consistency.lostUpdates == 0'] },
    {
      name: 'clean-reads',
      says: 'shows nothing that was never committed',
      any: ['consistency.dirtyReads == 0'],
    },
    ...(faults.length === 0 ? [stale('0.1%')] : []),
  ];
}
