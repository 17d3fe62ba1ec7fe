import type { FaultRecord } from '../faults/fault.ts';
import { faultInjector } from '../faults/injector.ts';
import { itemKey } from '../load/keys.ts';
import type { GeneratorReport } from '../load/protocol.ts';
import { generatorPlan, SAMPLE_INTERVAL_MS } from '../plan/generator-plan.ts';
import type { PlannedScenario, PlannedStrategy, Trial } from '../plan/plan.ts';
import { readCpuTimes, stealShare } from '../probes/cpu-steal.ts';
import { readTruth, startSampler } from '../probes/ground-truth.ts';
import type { Commits } from '../record/commits.ts';
import { SAMPLE_VERSION, type TrialSample, type WarmUp } from '../record/sample.ts';
import type { Scenario } from '../scenario/schema.ts';
import { entryKey } from '../service/context.ts';
import type { ServiceReport } from '../service/protocol.ts';
import type { AppliedCacheLimit } from './cache-limit.ts';
import { gatherEvidence, type LostEvidence, type TrialEvidence } from './evidence.ts';
import { prepare } from './prepare.ts';
import { startAll } from './processes.ts';
import { type SettledRelays, sampleRelays, settleRelays, startRelays } from './relays.ts';
import { type Settled, settle } from './settle.ts';
import type { TrialSite } from './site.ts';
import { unlessAborted } from './unless-aborted.ts';

/** An interrupted trial puts right what its faults have broken. What waits for a server that is silent is left. */
const UNDONE_WITHIN_MS = 1_000;
/** A warm-up leaves hardly a queue; were it dropped, the service would load no more. */
const WARM_DRAIN_MS = 120_000;

export interface TrialOptions {
  /** Where the history of all operations is written, if the scenario has one kept. */
  readonly historyPath: string;
  /** Called before anything counts. */
  readonly onWarmedUp: (warmUp: WarmUp) => void;
  readonly onStormStarted: (startedAtUs: number) => void;
}

export interface RecordedTrial {
  readonly sample: TrialSample;
  /** What the database committed; `null` where no history was kept, or where its log has it no more. */
  readonly commits: Commits | null;
}

/**
 * One strategy, once, on fresh processes, a flushed cache and an unchanged dataset:
 *
 * 1. lift an earlier limit of Redis's memory and flush it, and the broker; start the relays, then the service
 *    instances and the generator beside each other; set the scenario's limit, if it has one;
 * 2. prepare: warm up with the same load until it is steady, or stay cold; preload; then wait until no query is
 *    under way and the relays have nothing left to do;
 * 3. read the servers' counters;
 * 4. storm and its faults, sampling the counters every 100 ms;
 * 5. wait until no query is under way, and read the counters again; wait until the relays have carried on what was
 *    written; then what the instances hold in memory;
 * 6. where a history is kept, look at the rows through the services, and read back what the database committed.
 */
export async function runTrial(
  trial: Trial,
  planned: PlannedScenario,
  site: TrialSite,
  options: TrialOptions,
): Promise<RecordedTrial> {
  await using cleanUp = new AsyncDisposableStack();
  const measuring = measure(trial, planned, site, { ...options, cleanUp });
  return await unlessAborted(measuring, site.signal, UNDONE_WITHIN_MS);
}

async function measure(
  trial: Trial,
  planned: PlannedScenario,
  site: TrialSite,
  {
    historyPath,
    onWarmedUp,
    onStormStarted,
    cleanUp,
  }: TrialOptions & { readonly cleanUp: AsyncDisposableStack },
): Promise<RecordedTrial> {
  const { scenario, strategies } = planned;
  const strategy = strategies.find(({ name }) => name === trial.strategy);
  if (strategy === undefined) throw new Error(`the plan has no strategy ${trial.strategy}`);
  const { probes, signal, clock } = site;
  const { queryMs } = scenario.origin;

  await site.cacheLimiter.lift();
  await site.flushCache();
  if (strategy.broker === true) await site.relays.broker?.flush();
  // None of this trial's processes runs yet: what the server counts from here on is theirs.
  const origin = await readTruth(probes);
  const relays = await startRelays(trial, planned, strategy, site, cleanUp);
  const [generator, ...services] = await startAll(trial, planned, strategy, site, cleanUp);
  const hotKey = scenario.keys.kind === 'hot' ? entryKey(site.keyPrefix, itemKey(0)) : null;
  const stopWatching = hotKey === null ? null : await probes.redis.watch(hotKey);

  const cacheLimit = await limitCache(scenario, strategy, site);
  const urls = services.map(({ url }) => url);
  const plan = generatorPlan(trial, planned, urls);
  const prepared = await unlessAborted(prepare(scenario, plan, { generator, services }, site), signal);
  if (prepared.warmUp !== null) onWarmedUp(prepared.warmUp);
  const start = await settle(services, origin, site, { drainMs: WARM_DRAIN_MS, queryMs });
  const relaysBefore = await settleRelays(relays, site);
  const { consistency } = scenario;
  const from = consistency === null ? null : await site.commitLog.position();

  const sampler = startSampler(probes, SAMPLE_INTERVAL_MS);
  const { flushCache, breakServer } = site;
  const targets = { flushCache, services, relays: relays.instances, breakServer };
  const injector = faultInjector(scenario.faults, targets, clock, signal);
  let load: GeneratorReport;
  let faults: readonly FaultRecord[];
  let stolen: number | null;
  let end: Settled;
  let relaysAfter: SettledRelays | null;
  try {
    const cpuBefore = await readCpuTimes();
    for (const process of [...services, ...relays.instances]) process.stormStarts();
    const onStarted = (startedAtUs: number) => {
      injector.start(startedAtUs);
      onStormStarted(startedAtUs);
    };
    const storm = consistency === null ? plan : { ...plan, history: historyPath };
    load = await unlessAborted(generator.run(storm, signal, onStarted), signal);
    faults = await injector.stop();
    stolen = stealShare(cpuBefore, await readCpuTimes());
    end = await settle(services, origin, site, { drainMs: scenario.drainMs, queryMs });
    relaysAfter = await settleRelays(relays, site);
  } catch (error) {
    // What the sampler and the faults have to say is the same, or comes of it.
    await Promise.allSettled([sampler.stop(), injector.stop()]);
    throw error;
  }
  const readings = await sampler.stop();
  // Now that a pause for it delays nothing that counts.
  const memory = await Promise.all(services.map((service) => service.memory()));
  const keyEvents = (await stopWatching?.()) ?? null;
  const evidence =
    consistency === null || from === null
      ? null
      : await gatherEvidence({ from, historyPath, urls, consistency }, site);
  const { warmUp, preloadedAtUs } = prepared;
  const sample: TrialSample = {
    sampleVersion: SAMPLE_VERSION,
    trial,
    voided: [],
    ...(warmUp === null ? {} : { warmUp }),
    ...(preloadedAtUs === null ? {} : { preloadedAtUs }),
    ...(cacheLimit === null ? {} : { cacheLimit }),
    ...(site.otherRedisClients === undefined ? {} : { otherRedisClients: site.otherRedisClients }),
    ...(faults.length === 0 ? {} : { faults }),
    ...(end.abandoned === 0 ? {} : { abandonedLoads: end.abandoned }),
    load,
    before: start.truth,
    after: end.truth,
    readings,
    keyEvents,
    ...(stolen === null ? {} : { machine: { stealShare: stolen } }),
    services: memory.map((held, index) => ({
      ...pair(start.reports[index], end.reports[index]),
      memory: held,
    })),
    ...(relaysBefore === null || relaysAfter === null
      ? {}
      : { relays: await sampleRelays(relays, relaysBefore, relaysAfter) }),
    ...sampled(evidence),
  };
  return { sample, commits: evidence !== null && 'commits' in evidence ? evidence.commits : null };
}

function sampled(evidence: TrialEvidence | LostEvidence | null): Pick<TrialSample, 'audits' | 'commitsLost'> {
  if (evidence === null) return {};
  return 'lost' in evidence ? { commitsLost: evidence.lost } : { audits: evidence.audits };
}

/** `null` where the scenario sets none. */
async function limitCache(
  { cache }: Scenario,
  { evictionPolicy = cache.evictionPolicy }: PlannedStrategy,
  { cacheLimiter }: TrialSite,
): Promise<AppliedCacheLimit | null> {
  const { roomBytes, evictionSamples } = cache;
  if (roomBytes === null) return null;
  return cacheLimiter.limit({ roomBytes, policy: evictionPolicy, samples: evictionSamples });
}

function pair(before: ServiceReport | undefined, after: ServiceReport | undefined) {
  if (before === undefined || after === undefined) throw new Error('a service gave no account of itself');
  return { before, after };
}
