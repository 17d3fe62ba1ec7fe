/** What came of the parts of a load: of honest readers beside an attack, and of the attack itself. */
import type { MissingTraffic } from '../../scenarios/strategies/prediction.ts';
import type { GeneratorReport, StreamReport } from '../load/protocol.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import type { TrialSample } from '../record/sample.ts';
import type { MetricName } from '../result/metrics.ts';
import { HONEST_STREAM } from '../scenario/load-schema.ts';
import type { Scenario, ScenarioStream } from '../scenario/schema.ts';
import { mean, sum } from './statistics/summary.ts';

type Attack = MissingTraffic['attack'];

/** By what the service's origin calls their keys. */
const FAMILIES: Readonly<Record<Attack, string>> = { repeated: 'missing', endless: 'endless' };

/** Requests for keys that exist nowhere, by the kind of attack: means over the trials. */
export function missingTraffic(scenario: Scenario, samples: readonly TrialSample[]): MissingTraffic[] {
  return (['repeated', 'endless'] as const).flatMap((attack) => {
    const streams = attackStreams(scenario, attack);
    if (streams.length === 0) return [];
    const total = (pick: (report: StreamReport) => number) =>
      mean(samples.map(({ load }) => sum(reportsOf(load, streams).map(pick))));
    return [
      {
        attack,
        requests: total(arrived),
        distinctKeys: total(({ distinctKeys }) => distinctKeys),
        seconds: mean(samples.map(({ load }) => load.durationMs / 1000)),
        clients: sum(streams.map(({ clients }) => clients)),
      },
    ];
  });
}

/**
 * Database loads for missing keys, per request for one: 1 without protection. The service tells the families of
 * keys apart; that its loads add up to the server's count is checked for every trial.
 */
export function loadsPerMissing(sample: TrialSample, scenario: Scenario, attack: Attack): number | null {
  const streams = attackStreams(scenario, attack);
  const requests = sum(reportsOf(sample.load, streams).map(arrived));
  if (requests === 0) return null;
  const asked = (report: TrialSample['services'][number]['after']) =>
    report.askedByFamily?.[FAMILIES[attack]] ?? 0;
  return sum(sample.services.map(({ before, after }) => asked(after) - asked(before))) / requests;
}

type HonestMetric = Extract<MetricName, `honest.${string}`>;

/** `null` in a load of one stream: its numbers are the load's. */
export function honestValues({ streams }: GeneratorReport): Record<HonestMetric, number | null> {
  const honest = streams?.[HONEST_STREAM];
  if (honest === undefined) {
    return {
      'honest.latency.response.p50': null,
      'honest.latency.response.p99': null,
      'honest.goodput': null,
      'honest.falseNotFound': null,
      'honest.shed': null,
    };
  }
  using response = LatencyHistogram.decode(honest.responseHistogram);
  const atMs = (percent: number) => {
    const us = response.percentile(percent);
    return us === null ? null : us / 1000;
  };
  const { offered, shed } = honest.counts;
  return {
    'honest.latency.response.p50': atMs(50),
    'honest.latency.response.p99': atMs(99),
    'honest.goodput': offered > 0 ? honest.good / offered : null,
    'honest.falseNotFound': honest.falseNotFound,
    'honest.shed': shed,
  };
}

/** Returns the share of reads of rows inserted during the storm that were told they do not exist. */
export function falseNotFoundOfInserted(load: GeneratorReport, { streams }: Scenario): number | null {
  const reports = reportsOf(
    load,
    streams.filter(({ keys }) => keys.kind === 'inserted'),
  );
  const completed = sum(reports.map(({ counts }) => counts.completed));
  return completed > 0 ? sum(reports.map(({ falseNotFound }) => falseNotFound)) / completed : null;
}

function attackStreams({ streams }: Scenario, attack: Attack): ScenarioStream[] {
  return streams.filter(
    ({ keys }) => keys.kind === 'missing' && (keys.count === null ? 'endless' : 'repeated') === attack,
  );
}

function reportsOf({ streams }: GeneratorReport, wanted: readonly ScenarioStream[]): StreamReport[] {
  return wanted.flatMap(({ name }) => streams?.[name] ?? []);
}

/** Those that left: a request whose deadline passed before can't have caused a load. */
function arrived({ counts, neverSent }: StreamReport): number {
  return counts.offered - neverSent;
}
