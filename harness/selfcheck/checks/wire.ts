import type { GeneratorReport } from '../../load/protocol.ts';
import type { Check, Figure } from '../check.ts';
import { openLoad, settledOf } from '../open-load.ts';
import { startTruthProcess } from '../truth-process.ts';
import type { TruthLog } from '../truth-protocol.ts';
import type { Behaviour } from '../truth-server.ts';

const RATE_PER_SEC = 400;
const DURATION_MS = 400;
const TIMEOUT_MS = 400;
const SCHEDULED = (RATE_PER_SEC * DURATION_MS) / 1e3;
/** Of a closed load: each waits for its answer, or for the timeout. */
const CONNECTIONS = 4;

const outcomes = ['failed', 'timeout', 'completed'] as const;
type Outcome = (typeof outcomes)[number];

const OUTCOMES: Readonly<Record<Behaviour, Outcome | 'shed'>> = {
  ok: 'completed',
  'not-found': 'completed',
  close: 'completed',
  'slow-headers': 'completed',
  error: 'failed',
  shed: 'shed',
  fin: 'failed',
  rst: 'failed',
  'cut-body': 'failed',
  garbage: 'failed',
  hang: 'timeout',
  'hang-body': 'timeout',
};

/**
 * One request in four meets a misbehaviour of the wire, under an open and a closed load: each request must
 * reach the server once, and end in one class, the one that the server's log says.
 */
function wireCheck(name: string, shows: string, behaviour: Behaviour): Check {
  return {
    name: `wire-${name}`,
    shows,
    async measure({ generator, site, signal }) {
      const behaviours: readonly Behaviour[] = ['ok', 'ok', 'ok', behaviour];
      await using server = await startTruthProcess({ behaviours, delay: { kind: 'none' } }, site);
      const plan = openLoad(server.url, {
        ratePerSec: RATE_PER_SEC,
        durationMs: DURATION_MS,
        timeoutMs: TIMEOUT_MS,
      });
      const open = await generator.run(plan, signal);
      const openLog = await server.log();
      await server.forget();
      const closed = await generator.run(
        { ...plan, load: { model: 'closed', connections: CONNECTIONS } },
        signal,
      );
      const closedLog = await server.log();
      return [
        ...conservation('', openLog, open),
        count('offered', SCHEDULED, open.counts.offered),
        ...conservation('closed ', closedLog, closed),
      ];
    },
  };
}

/**
 * Every request in one class, which no machine can change; and the right one, of a request that reached the
 * server, which a machine can that keeps the server from reading until the request has run out.
 */
function conservation(prefix: string, log: TruthLog, report: GeneratorReport): Figure[] {
  const { counts } = report;
  const sent = counts.offered - (report.neverSent ?? 0);
  const truthOf = (outcome: Outcome): number =>
    log.received.filter(({ behaviour }) => OUTCOMES[behaviour] === outcome).length;
  return [
    count(`${prefix}settled`, counts.offered, settledOf(report)),
    ...outcomes.map((outcome) => slowable(`${prefix}${outcome}`, truthOf(outcome), counts[outcome])),
    slowable(`${prefix}sent`, log.received.length, sent),
  ];
}

function count(name: string, truth: number, reading: number): Figure {
  return { name, unit: '', truth, reading, tolerance: 0, noise: 'nothing' };
}

function slowable(name: string, truth: number, reading: number): Figure {
  return { ...count(name, truth, reading), noise: 'shifts' };
}

export const wireChecks: readonly Check[] = [
  wireCheck('fin', 'closes without a reply', 'fin'),
  wireCheck('rst', 'resets the connection', 'rst'),
  wireCheck('cut-body', 'closes in the middle of the body', 'cut-body'),
  wireCheck('hang', 'never answers', 'hang'),
  wireCheck('hang-body', 'hangs in the middle of the body', 'hang-body'),
  wireCheck('close', 'answers with Connection: close', 'close'),
  wireCheck('slow-headers', 'sends the head in pieces', 'slow-headers'),
  wireCheck('garbage', 'answers, but not in HTTP', 'garbage'),
];
