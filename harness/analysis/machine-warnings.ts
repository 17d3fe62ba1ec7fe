import type { PlannedScenario } from '../plan/plan.ts';
import type { Warning } from '../result/schema.ts';
import type { TrialReading } from './trial.ts';
import { type WarningCode, warn } from './warning-catalogue.ts';

/**
 * Of the CPU time asked for. It slows everything by about as much, and 5% is what counts as the same between
 * two strategies (harness/result/metrics.ts).
 */
const STEAL_LIMIT = 0.05;
/** The share of a storm from which a pause alone reaches 1 in 100 requests, and so the p99. */
const STALL_SHARE = 0.01;

/** Warns of what the machine did to a scenario's trials: once, with the worst of them, however many there are. */
export function machineWarnings(
  readings: readonly TrialReading[],
  { scenario, stormMs }: PlannedScenario,
): Warning[] {
  // Shorter ones neither hide a load from its readers nor move what strategies are compared by.
  const stallMs = Math.max(scenario.origin.queryMs / 2, STALL_SHARE * stormMs);
  const stood = (who: string) => (ms: number) =>
    `the event loop of ${who} stood still for ${ms.toFixed(0)} ms; more than ${stallMs.toFixed(0)} ms shows in loads or in the p99`;
  return [
    ...worst('cpu-steal', readings, {
      limit: STEAL_LIMIT,
      read: ({ machine }) => machine.stealShare,
      message: (share) =>
        `${(share * 100).toFixed(1)}% of the CPU time that was asked for went to other machines of the same host`,
    }),
    ...worst('event-loop-stall', readings, {
      limit: stallMs,
      read: ({ machine }) => machine.serviceStallMs,
      message: stood('the service'),
    }),
    ...worst('event-loop-stall', readings, {
      limit: stallMs,
      // When it reached the p99 of the generator's lag, `generator-late` says so already.
      read: ({ machine, values }) =>
        (values['generator.pacerLagMs.p99'] ?? 0) > scenario.origin.queryMs / 2
          ? null
          : machine.generatorStallMs,
      message: stood('the load generator'),
    }),
  ];
}

interface Gauge {
  readonly limit: number;
  readonly read: (reading: TrialReading) => number | null;
  readonly message: (value: number) => string;
}

function worst(code: WarningCode, readings: readonly TrialReading[], gauge: Gauge): Warning[] {
  const over = readings
    .map((reading) => ({ trial: reading.sample.trial, value: gauge.read(reading) ?? 0 }))
    .filter(({ value }) => value > gauge.limit)
    .toSorted((a, b) => b.value - a.value);
  const [first] = over;
  if (first === undefined) return [];
  const { strategy, round } = first.trial;
  const often = over.length === 1 ? '' : ` (${over.length} of ${readings.length} trials; this one most)`;
  return [warn(code, `${gauge.message(first.value)}${often}`, { strategy, round })];
}
