import type { PlannedScenario } from '../plan/plan.ts';
import type { Warning } from '../result/schema.ts';
import { sum } from './statistics/summary.ts';
import type { TrialReading } from './trial.ts';

/**
 * Everything that can make a number doubtful. Each has one remedy, and says whether it takes the verdict away
 * (`voids`) and whether a second try of the trial may do better (`repeat`).
 */
const catalogue = {
  'truth-disagrees': {
    voids: true,
    repeat: true,
    remedy:
      'Look for something else that uses this database user, or for lost connections in the service; then run again.',
  },
  'requests-lost': {
    voids: true,
    repeat: true,
    remedy: 'This is a fault of the load generator: report it with the run directory.',
  },
  'generator-late': {
    voids: true,
    repeat: true,
    remedy: 'Lower load.ratePerSec, end what else runs on this machine, or use one with more cores.',
  },
  'no-expiry': {
    voids: true,
    repeat: false,
    remedy: 'Lengthen the storm or shorten cache.ttlMs, so that the hot key expires during it.',
  },
  // Not repeated: what is unsteady by nature is so again, and nothing of the warm-up is in the numbers.
  'warm-up-unsteady': {
    voids: false,
    repeat: false,
    remedy:
      'Lengthen the storm, so that its start weighs less. A load above what the service can take never gets steady, and one of a few requests a second can’t be told to be.',
  },
  'background-errors': {
    voids: false,
    repeat: false,
    remedy: 'Look at the strategy’s work after its answers: something in it failed.',
  },
  'trial-repeated': {
    voids: false,
    repeat: false,
    remedy: 'None needed for this trial; when it happens often, the machine is too busy for this load.',
  },
  'few-rounds': {
    voids: false,
    repeat: false,
    remedy: 'Use --rounds 3 or more, or --profile standard.',
  },
  interrupted: {
    voids: true,
    repeat: false,
    remedy: 'Run again to the end.',
  },
  'round-missing': {
    voids: true,
    repeat: false,
    remedy: 'Run again to the end.',
  },
} as const satisfies Record<string, { voids: boolean; repeat: boolean; remedy: string }>;

export type WarningCode = keyof typeof catalogue;

export function warn(
  code: WarningCode,
  message: string,
  at: { strategy?: string; round?: number } = {},
): Warning {
  return { code, message, remedy: catalogue[code].remedy, ...at };
}

/** Whether a warning takes the verdict away from what it is about. */
export function voids({ code }: Warning): boolean {
  return code in catalogue && catalogue[code as WarningCode].voids;
}

/** Whether what a warning is about may be gone in a second try. */
export function worthRepeating({ code }: Warning): boolean {
  return code in catalogue && catalogue[code as WarningCode].repeat;
}

/** What is doubtful about one trial. */
export function trialWarnings(reading: TrialReading, { scenario }: PlannedScenario): Warning[] {
  const { sample, values, expiries } = reading;
  const { strategy, round } = sample.trial;
  const found: Warning[] = [];
  const add = (code: WarningCode, message: string) => found.push(warn(code, message, { strategy, round }));

  const reads = values['db.reads'];
  const writes = values['db.writes'];
  if (reads !== reading.serviceReads || writes !== reading.serviceWrites) {
    add(
      'truth-disagrees',
      `the database counted ${reads} reads and ${writes} writes, the service ${reading.serviceReads} and ${reading.serviceWrites}`,
    );
  }
  const { lost } = sample.load.counts;
  // A closed load ends with each connection's last request on its way: lost by design, and said there.
  if (lost > 0 && scenario.load.model === 'open')
    add('requests-lost', `${lost} requests were sent and never settled`);
  // Not the send lag: that grows with a slow service too, when it holds all connections.
  const lagMs = values['generator.pacerLagMs.p99'] ?? 0;
  const limitMs = scenario.origin.queryMs / 2;
  if (lagMs > limitMs) {
    add(
      'generator-late',
      `1 in 100 requests left ${lagMs.toFixed(0)} ms or more after its time; more than half a query (${limitMs} ms) hides the effect`,
    );
  }
  const { warmUp } = sample;
  if (warmUp?.steady === false) {
    const completed = sum(warmUp.windows.map((window) => window.completed));
    add(
      'warm-up-unsteady',
      `throughput or response time was not steady after ${(warmUp.tookMs / 1000).toFixed(1)} s of warm-up and ${completed} completed requests`,
    );
  }
  if (expiries?.length === 0) add('no-expiry', 'the hot key did not expire during the storm');
  if (reading.backgroundErrors > 0) {
    add(
      'background-errors',
      `${reading.backgroundErrors} pieces of work failed after their request was answered`,
    );
  }
  if (sample.voided.length > 0) {
    add('trial-repeated', `the first try was void and is not counted: ${sample.voided.join('; ')}`);
  }
  return found;
}

export function roundWarnings(rounds: number): Warning[] {
  return rounds < 3
    ? [
        warn(
          'few-rounds',
          `${rounds} round${rounds === 1 ? '' : 's'}: the spread between rounds is hardly known`,
        ),
      ]
    : [];
}
