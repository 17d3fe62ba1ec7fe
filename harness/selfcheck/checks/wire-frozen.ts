import type { Check } from '../check.ts';
import { frozenResponsesMs } from '../freeze-theory.ts';
import { openLoad, settledOf } from '../open-load.ts';
import { freezeServer } from '../server-freeze.ts';
import { startTruthProcess } from '../truth-process.ts';

const LOAD = { ratePerSec: 400, durationMs: 700, timeoutMs: 150 };
const SCHEDULED = (LOAD.ratePerSec * LOAD.durationMs) / 1e3;
const FREEZE = { fromMs: 100, freezeMs: 400 };
const CONNECTIONS = 256;
/** Those whose deadline falls into the first 40 ms after the thaw, while the server takes in what piled up. */
const TOLERANCE = 16;

/** The server stops for longer than the timeout: who came early in it must run out, once, and the rest not. */
export const wireFrozen: Check = {
  name: 'wire-frozen',
  shows: 'the server stops for longer than the timeout',
  async measure(bench) {
    const { generator, site, signal } = bench;
    await using server = await startTruthProcess({ behaviours: ['ok'], delay: { kind: 'none' } }, site);
    const started = Promise.withResolvers<number>();
    const [report, frozen] = await Promise.all([
      generator.run(openLoad(server.url, { ...LOAD, maxConnections: CONNECTIONS }), signal, started.resolve),
      started.promise.then((startedAtUs) => freezeServer(server, startedAtUs, FREEZE, bench)),
    ]);
    const late = frozenResponsesMs({ ...LOAD, ...frozen, serviceMs: 0, connections: CONNECTIONS }).filter(
      (responseMs) => responseMs >= LOAD.timeoutMs,
    ).length;
    const exact = { unit: '', tolerance: 0, noise: 'nothing' } as const;
    const { counts } = report;
    return [
      { ...exact, name: 'offered', truth: SCHEDULED, reading: counts.offered },
      { ...exact, name: 'settled', truth: SCHEDULED, reading: settledOf(report) },
      {
        ...exact,
        name: 'timeout',
        truth: late,
        reading: counts.timeout,
        tolerance: TOLERANCE,
        noise: 'shifts',
      },
      { ...exact, name: 'failed', truth: 0, reading: counts.failed },
    ];
  },
};
