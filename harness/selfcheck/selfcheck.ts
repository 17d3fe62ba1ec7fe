import { type Generator, type GeneratorOptions, startGenerator } from '../load/generator.ts';
import { type Lateness, measureNoise, watchLateness } from '../probes/noise.ts';
import type { Clock } from '../time/clock.ts';
import {
  type Bench,
  type Check,
  type CheckResult,
  type CheckVerdict,
  type Figure,
  judgeFigure,
  worstVerdict,
} from './check.ts';
import { openLoad } from './open-load.ts';
import { type ProcessSite, startTruthProcess } from './truth-process.ts';

export interface SelfcheckOptions {
  readonly checks: readonly Check[];
  readonly site: ProcessSite;
  readonly clock: Clock;
  /** Aborted: the check under way is dropped, and the rest with it. */
  readonly signal: AbortSignal;
  readonly onResult: (result: CheckResult) => void;
  /** The program under test. @default the generator of every run */
  readonly generatorEntry?: string;
}

/** Long enough to meet a neighbour's time slices several times over. */
const SPIN_MS = 150;
/** Compiles the generator's hot paths: a run warms up before it measures, too. */
const WARM_UP_MS = 700;

/**
 * Holds the generator on this machine against truths that others keep:
 *
 * 1. start one generator for all checks, and warm it up;
 * 2. for each check: see how much of a core the machine takes away, measure while an idle process watches how
 *    late it is woken, and judge each figure, with the noise in mind;
 * 3. end the generator.
 *
 * @throws what the checks throw: a server that can't be started, the generator lost, the signal's reason
 */
export async function selfcheck(options: SelfcheckOptions): Promise<CheckVerdict> {
  const { checks, site, clock, signal, onResult, generatorEntry } = options;
  const generatorOptions: GeneratorOptions = {
    ...site,
    ...(generatorEntry === undefined ? {} : { entry: generatorEntry }),
  };
  await using generator = await startGenerator(generatorOptions);
  await warmUp(generator, options);

  const verdicts: CheckVerdict[] = [];
  let lostBefore = measureNoise(clock, SPIN_MS).lostShare;
  for (const check of checks) {
    signal.throwIfAborted();
    const startedUs = clock.nowUs();
    const { figures, lateness } = await measureWatched(check, { generator, site, clock, signal });
    const lostAfter = measureNoise(clock, SPIN_MS).lostShare;
    const machine = { lateness, lostShare: Math.max(lostBefore, lostAfter) };
    lostBefore = lostAfter;
    const judged = figures.map((figure) => judgeFigure(figure, machine));
    const verdict = worstVerdict(judged.map((figure) => figure.verdict));
    const { name, shows } = check;
    const tookMs = (clock.nowUs() - startedUs) / 1e3;
    onResult({ name, shows, verdict, figures: judged, machine, tookMs });
    verdicts.push(verdict);
  }
  return worstVerdict(verdicts);
}

async function measureWatched(
  check: Check,
  bench: Bench,
): Promise<{ readonly figures: readonly Figure[]; readonly lateness: Lateness }> {
  const watch = watchLateness(bench.clock);
  try {
    const figures = await measure(check, bench);
    return { figures, lateness: await watch.stop() };
  } catch (error) {
    await watch.stop();
    throw error;
  }
}

/** An interruption ends the check at once: the load under way is not waited for. */
async function measure(check: Check, bench: Bench): Promise<readonly Figure[]> {
  const { signal } = bench;
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const measured = check.measure(bench);
  try {
    return await Promise.race([measured, aborted.promise]);
  } catch (error) {
    // Its processes end with the run; what it says on its way out concerns nobody.
    measured.catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function warmUp(generator: Generator, { site, signal }: SelfcheckOptions): Promise<void> {
  await using server = await startTruthProcess({ behaviours: ['ok'], delay: { kind: 'none' } }, site);
  const load = openLoad(server.url, { ratePerSec: 2_000, durationMs: WARM_UP_MS });
  await generator.run(load, signal);
}
