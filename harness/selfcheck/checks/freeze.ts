import type { Check, Figure } from '../check.ts';
import { frozenResponsesMs } from '../freeze-theory.ts';
import { openLoad, percentileOf, percentilesMs } from '../open-load.ts';
import { freezeServer } from '../server-freeze.ts';
import { startTruthProcess } from '../truth-process.ts';

const RATE_PER_SEC = 500;
const DURATION_MS = 6_000;
const FREEZE = { fromMs: 2_000, freezeMs: 1_000 };
/** Some fifty times what timers, ticks and the loopback add: p50 is held to 5% of it. */
const SERVICE_MS = 100;
/** So few that most requests of the freeze wait for one: their send is late, and their users waited all the same. */
const CONNECTIONS = 128;
const TOLERANCE = 0.05;
const PERCENTS = [50, 90, 99];

/**
 * The server stops for a second out of six. The percentiles follow from when exactly it stopped and went on;
 * a generator that counts from the send, or waits for answers before it sends, does not see them.
 */
export const freeze: Check = {
  name: 'freeze',
  shows: 'a server stops for 1 s of 6 s at 500/s',
  async measure(bench) {
    const { generator, site, signal } = bench;
    const script = { behaviours: ['ok'], delay: { kind: 'constant', ms: SERVICE_MS } } as const;
    await using server = await startTruthProcess(script, site);
    const started = Promise.withResolvers<number>();
    const load = openLoad(server.url, {
      ratePerSec: RATE_PER_SEC,
      durationMs: DURATION_MS,
      maxConnections: CONNECTIONS,
    });
    const [report, frozen] = await Promise.all([
      generator.run(load, signal, started.resolve),
      started.promise.then((startedAtUs) => freezeServer(server, startedAtUs, FREEZE, bench)),
    ]);
    const truths = frozenResponsesMs({
      ratePerSec: RATE_PER_SEC,
      durationMs: DURATION_MS,
      serviceMs: SERVICE_MS,
      connections: CONNECTIONS,
      ...frozen,
    });
    const readings = percentilesMs(report.histograms.response, PERCENTS);
    return PERCENTS.map((percent, index): Figure => {
      const truth = percentileOf(truths, percent);
      const reading = readings[index] ?? Number.NaN;
      return { name: `p${percent}`, unit: 'ms', truth, reading, tolerance: TOLERANCE * truth, noise: 'adds' };
    });
  },
};
