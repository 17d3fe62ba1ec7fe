import { sum } from './analysis/statistics/summary.ts';
import { type Generator, startGenerator } from './load/generator.ts';
import { itemKey } from './load/keys.ts';
import type { GeneratorReport } from './load/protocol.ts';
import { generatorPlan, SAMPLE_INTERVAL_MS } from './plan/generator-plan.ts';
import type { PlannedScenario, PlannedStrategy, Trial } from './plan/plan.ts';
import { readCpuTimes, stealShare } from './probes/cpu-steal.ts';
import { type Probes, readTruth, startSampler, type TruthReading } from './probes/ground-truth.ts';
import { SAMPLE_VERSION, type TrialSample, type WarmUp } from './record/sample.ts';
import { entryKey } from './service/context.ts';
import { type ServiceProcess, startService } from './service/process.ts';
import type { ServiceReport } from './service/protocol.ts';
import type { Clock } from './time/clock.ts';
import { warmUp } from './warm-up.ts';

export const KEY_PREFIX = 'cachestorm:';

/** How long queries may go on after the last request was settled; a queue behind the pool ends by then or never. */
const SETTLE_MS = 15_000;
/** How long the server may take to count the last statements, once nobody waits for them. */
const COUNT_MS = 2_000;

/** Where a trial runs: servers that are up and seeded. */
export interface TrialSite {
  readonly redisUrl: string;
  readonly databaseUrl: string;
  readonly flushCache: () => Promise<void>;
  readonly probes: Probes;
  readonly clock: Clock;
  /** Marks every process of the run. */
  readonly env: Readonly<Record<string, string>>;
  readonly onProcess: (processGroup: number) => void;
  readonly signal: AbortSignal;
}

export interface TrialListener {
  /** Called before anything counts. */
  readonly onWarmedUp: (warmUp: WarmUp) => void;
  readonly onStormStarted: (startedAtUs: number) => void;
}

/** The database was still being queried long after the storm. */
export class SettleError extends Error {
  readonly code = 'E_SETTLE';
  override readonly name = 'SettleError';
}

/**
 * One strategy, once, on fresh processes and a flushed cache:
 *
 * 1. flush Redis; start the service instances and the generator beside each other;
 * 2. warm up with the same load until it is steady, then wait until no query is under way;
 * 3. read the servers' counters;
 * 4. storm, sampling the counters every 100 ms;
 * 5. wait until no query is under way, and read the counters again.
 */
export async function runTrial(
  trial: Trial,
  planned: PlannedScenario,
  site: TrialSite,
  { onWarmedUp, onStormStarted }: TrialListener,
): Promise<TrialSample> {
  const strategy = planned.strategies.find(({ name }) => name === trial.strategy);
  if (strategy === undefined) throw new Error(`the plan has no strategy ${trial.strategy}`);
  const { probes, signal } = site;
  await using cleanUp = new AsyncDisposableStack();

  await site.flushCache();
  // None of this trial's processes runs yet: what the server counts from here on is theirs.
  const origin = await readTruth(probes);
  const [generator, ...services] = await startAll(trial, planned, strategy, site, cleanUp);
  const hotKey = planned.scenario.keys.kind === 'hot' ? entryKey(KEY_PREFIX, itemKey(0)) : null;
  const stopWatching = hotKey === null ? null : await probes.redis.watch(hotKey);

  const plan = generatorPlan(
    trial,
    planned,
    services.map(({ url }) => url),
  );
  const warmedUp = await unlessAborted(warmUp(generator, plan, site), signal);
  onWarmedUp(warmedUp);
  const start = await settle(services, origin, site);

  const sampler = startSampler(probes, SAMPLE_INTERVAL_MS);
  let load: GeneratorReport;
  let stolen: number | null;
  let end: Settled;
  try {
    const cpuBefore = await readCpuTimes();
    for (const service of services) service.stormStarts();
    load = await unlessAborted(generator.run(plan, signal, onStormStarted), signal);
    stolen = stealShare(cpuBefore, await readCpuTimes());
    end = await settle(services, origin, site);
  } catch (error) {
    // What the sampler has to say is the same, or comes of it.
    await sampler.stop().catch(() => undefined);
    throw error;
  }
  const readings = await sampler.stop();
  const keyEvents = (await stopWatching?.()) ?? null;
  return {
    sampleVersion: SAMPLE_VERSION,
    trial,
    voided: [],
    warmUp: warmedUp,
    load,
    before: start.truth,
    after: end.truth,
    readings,
    keyEvents,
    ...(stolen === null ? {} : { machine: { stealShare: stolen } }),
    services: services.map((_, index) => pair(start.reports[index], end.reports[index])),
  };
}

/** An interrupted storm has no result: leave at once, instead of waiting for the requests on their way. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // The generator is disposed of next; what it says on its way out concerns nobody.
    work.catch(() => undefined);
  }
}

/** Starts everything at once; what did start is disposed of even when another part fails. */
async function startAll(
  trial: Trial,
  planned: PlannedScenario,
  strategy: PlannedStrategy,
  site: TrialSite,
  cleanUp: AsyncDisposableStack,
): Promise<[Generator, ...ServiceProcess[]]> {
  const { scenario } = planned;
  const kept = async <T extends AsyncDisposable>(starting: Promise<T>): Promise<T> =>
    cleanUp.use(await starting);
  const { onProcess } = site;
  const env = { ...process.env, ...site.env };
  const starting = [
    kept(startGenerator({ env, onProcess })),
    ...Array.from({ length: scenario.service.instances }, (_, instance) =>
      kept(
        startService({
          env,
          onProcess,
          redisUrl: site.redisUrl,
          databaseUrl: site.databaseUrl,
          config: {
            strategy: strategy.reference,
            parameters: strategy.parameters,
            ttlMs: scenario.cache.ttlMs,
            queryMs: scenario.origin.queryMs,
            poolSize: scenario.origin.poolSize,
            keyPrefix: KEY_PREFIX,
            seed: trial.seed + instance,
          },
        }),
      ),
    ),
  ] as [Promise<Generator>, ...Promise<ServiceProcess>[]];
  // All of them settle before an error leaves, so that none starts after its clean-up.
  const outcomes = await Promise.allSettled(starting);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return Promise.all(starting) as Promise<[Generator, ...ServiceProcess[]]>;
}

interface Settled {
  readonly truth: TruthReading;
  readonly reports: readonly ServiceReport[];
}

/**
 * Waits until no instance has a query under way and the server has counted all that they sent.
 *
 * The server counts a statement just after it has sent the answer, on a busy machine long after. When it
 * does not come to the services' count, the two are returned as they are: they disagree, and the analysis
 * says so.
 *
 * @param origin What the server had counted before the services started.
 * @throws SettleError when queries are still under way after 15 s.
 */
async function settle(
  services: readonly ServiceProcess[],
  origin: TruthReading,
  { clock, signal, probes }: TrialSite,
): Promise<Settled> {
  const startedUs = clock.nowUs();
  let idleSinceUs: number | null = null;
  for (;;) {
    const reports = await Promise.all(services.map((service) => service.report()));
    const truth = await readTruth(probes);
    const nowUs = clock.nowUs();
    if (reports.every(({ dbInFlight }) => dbInFlight === 0)) {
      idleSinceUs ??= nowUs;
      const agreed =
        truth.dbReads - origin.dbReads === sum(reports.map(({ dbReads }) => dbReads)) &&
        truth.dbWrites - origin.dbWrites === sum(reports.map(({ dbWrites }) => dbWrites));
      if (agreed || nowUs - idleSinceUs > COUNT_MS * 1000) return { truth, reports };
    } else {
      idleSinceUs = null;
      if (nowUs - startedUs > SETTLE_MS * 1000) {
        const inFlight = reports.map(({ dbInFlight }) => dbInFlight).join(' + ');
        throw new SettleError(
          `${inFlight} queries are still under way ${SETTLE_MS / 1000} s after the storm`,
        );
      }
    }
    await clock.sleep(20, signal);
  }
}

function pair(before: ServiceReport | undefined, after: ServiceReport | undefined) {
  if (before === undefined || after === undefined) throw new Error('a service gave no account of itself');
  return { before, after };
}
