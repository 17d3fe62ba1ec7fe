import autocannon, { type Tracker } from 'autocannon';
import { ClosedConnection, type ClosedContext } from './closed-connection.ts';
import { itemPath } from './item-path.ts';
import { keySource } from './keys.ts';
import { tellProgress } from './load-progress.ts';
import { LoadRecorder } from './load-recorder.ts';
import type { LoadContext } from './open-loop.ts';
import type { ClosedLoad, GeneratorPlan, GeneratorReport } from './protocol.ts';

export interface ClosedPlan extends GeneratorPlan {
  readonly load: ClosedLoad;
}

/** autocannon notices only at its own samples that all its connections have ended. */
const SAMPLE_MS = 10;

/** How long past the last deadline a connection may take to say so before its request counts as lost. */
const DRAIN_GRACE_MS = 2_000;

/**
 * `connections` connections that each wait for their answer before they send again (autocannon). It finds the
 * throughput at saturation and drives herds. It does *not* measure what users wait: a stalled service is
 * asked less, and the waits that never began are missing from the latencies. Use the open loop for those.
 *
 * At the end, and when the signal is aborted, each connection still waits for its last answer, so that
 * nothing offered goes uncounted. `lost` are those that had neither answer nor timeout by then.
 */
export async function runClosedLoop(plan: ClosedPlan, context: LoadContext): Promise<GeneratorReport> {
  using recorder = new LoadRecorder(plan);
  using _progress = tellProgress(plan.progressEveryMs, recorder, context);
  const { clock } = context;
  const nextKey = keySource(plan.keys, plan.seed, plan.rankSeed);
  const cpu = process.cpuUsage();
  const startedAtUs = clock.nowUs();
  const nowUs = (): number => clock.nowUs() - startedAtUs;
  let lastSettledUs = 0;
  const onSettled = (): void => {
    lastSettledUs = nowUs();
  };
  context.onStarted(startedAtUs);

  const { timeoutMs, keepAlive = true } = plan;
  const shared: ClosedContext = {
    recorder,
    nextKey,
    pathOf: itemPath(plan.path),
    timeoutMs,
    keepAlive,
    nowUs,
    onSettled,
  };
  const runs = splitConnections(plan).map(({ url, connections }) => start(url, connections, plan, shared));
  await durationOver(plan.durationMs, context.signal);
  const durationMs = Math.min(plan.durationMs, nowUs() / 1e3);
  for (const run of runs) for (const connection of run.connections) connection.finish();
  const overdue = setTimeout(() => {
    for (const run of runs) for (const connection of run.connections) connection.abandon();
  }, plan.timeoutMs + DRAIN_GRACE_MS);
  try {
    await Promise.all(runs.map(({ over }) => over));
  } finally {
    clearTimeout(overdue);
  }
  const { user, system } = process.cpuUsage(cpu);
  const course = { startedAtUs, finishedAtUs: startedAtUs + lastSettledUs, durationMs, cpuUs: user + system };
  return recorder.report(course, 'closed');
}

interface Run {
  readonly connections: readonly ClosedConnection[];
  readonly over: Promise<void>;
}

/** One autocannon per target: given several, it would still take one for all of a connection's requests. */
function start(url: string, count: number, plan: ClosedPlan, shared: ClosedContext): Run {
  const connections: ClosedConnection[] = [];
  const target = new URL(url);
  const over = new Promise<void>((resolve, reject) => {
    const tracker: Tracker = autocannon(
      {
        url,
        connections: count,
        // Never its own end, which drops what is in flight; and never its rate mode, which sends in bursts.
        // `ignoreCoordinatedOmission` is refused without a rate, and does nothing then.
        duration: (plan.durationMs + plan.timeoutMs + DRAIN_GRACE_MS) / 1e3 + 3_600,
        sampleInt: SAMPLE_MS,
        setupClient: (client) => connections.push(new ClosedConnection(client, target, shared)),
      },
      (error) => (error === null ? resolve() : reject(error)),
    );
    // Without a listener its 'error' would end the process before the callback's rejection is seen.
    tracker.on('error', reject);
  });
  return { connections, over };
}

/** The connections, split as evenly as can be; a target without any is left out. */
function splitConnections(plan: ClosedPlan): { readonly url: string; readonly connections: number }[] {
  const { targets, load } = plan;
  const share = Math.floor(load.connections / targets.length);
  const rest = load.connections % targets.length;
  return targets
    .map((url, index) => ({ url, connections: share + (index < rest ? 1 : 0) }))
    .filter(({ connections }) => connections > 0);
}

/** Resolves after `durationMs`, or when the signal is aborted. */
async function durationOver(durationMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, durationMs);
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
