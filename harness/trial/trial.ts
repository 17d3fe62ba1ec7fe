import { itemKey } from '../load/keys.ts';
import type { GeneratorReport } from '../load/protocol.ts';
import { generatorPlan, SAMPLE_INTERVAL_MS } from '../plan/generator-plan.ts';
import type { PlannedScenario, Trial } from '../plan/plan.ts';
import { readCpuTimes, stealShare } from '../probes/cpu-steal.ts';
import { readTruth, startSampler } from '../probes/ground-truth.ts';
import { SAMPLE_VERSION, type TrialSample, type WarmUp } from '../record/sample.ts';
import { entryKey } from '../service/context.ts';
import type { ServiceReport } from '../service/protocol.ts';
import { startAll } from './processes.ts';
import { type Settled, settle } from './settle.ts';
import { KEY_PREFIX, type TrialSite } from './site.ts';
import { warmUp } from './warm-up.ts';

export interface TrialListener {
  /** Called before anything counts. */
  readonly onWarmedUp: (warmUp: WarmUp) => void;
  readonly onStormStarted: (startedAtUs: number) => void;
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

function pair(before: ServiceReport | undefined, after: ServiceReport | undefined) {
  if (before === undefined || after === undefined) throw new Error('a service gave no account of itself');
  return { before, after };
}
