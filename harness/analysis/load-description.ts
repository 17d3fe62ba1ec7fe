import type { Phase } from '../load/phases.ts';
import type { PlannedScenario } from '../plan/plan.ts';
import { agreeing } from '../result/agreement.ts';
import { HONEST_STREAM } from '../scenario/load-schema.ts';
import type { Scenario, ScenarioStream } from '../scenario/schema.ts';

/** The storm in one line. Names the load model first: numbers of an open and a closed loop don't compare. */
export function describeLoad({ scenario, ratePerSec, stormMs }: PlannedScenario): string {
  const { load, origin, service } = scenario;
  const arrivals =
    load.model === 'closed'
      ? `closed loop, ${load.connections} ${agreeing(load.connections, 'connection')}`
      : `open loop, ${load.arrivals === 'poisson' ? 'Poisson' : 'constant'} arrivals ${describeRate(load.phases, ratePerSec ?? 0)}`;
  const retries =
    load.model === 'open' && load.retries > 0
      ? `, ${load.retries} ${agreeing(load.retries, 'retry', 'retries')}`
      : '';
  const renewed = load.keepAlive ? '' : ', a new connection for every request';
  const instances = `${service.instances} ${agreeing(service.instances, 'instance')}`;
  return `${arrivals}${renewed}${retries}, ${describeTraffic(scenario)}, ${stormMs / 1000} s a trial, ${instances}, ${origin.queryMs} ms a query${describeSteps(scenario)}${describeRoom(scenario)}`;
}

function describeSteps({ service, relays }: Scenario): string {
  const delays = [
    ...(service.stepDelayMs === 0 ? [] : [`${service.stepDelayMs} ms`]),
    ...(relays.stepDelayMs === 0 ? [] : [`${relays.stepDelayMs} ms of a relay`]),
  ];
  return delays.length === 0 ? '' : `, each step of a strategy put off by ${delays.join(' and ')} on average`;
}

function describeRoom({ cache: { roomBytes } }: Scenario): string {
  return roomBytes === null
    ? ''
    : `, room for ${Number((roomBytes / 1024 ** 2).toPrecision(3))} MiB of entries`;
}

function describeRate(phases: readonly Phase[] | null, ratePerSec: number): string {
  if (phases === null) return `at ${grouped(ratePerSec)}/s`;
  return phases.map((phase) => `${describePhase(phase)} for ${phase.durationMs / 1000} s`).join(', then ');
}

function describePhase(phase: Phase): string {
  switch (phase.shape) {
    case 'steady':
      return `at ${grouped(phase.ratePerSec)}/s`;
    case 'ramp':
      return `from ${grouped(phase.fromPerSec)} to ${grouped(phase.toPerSec)}/s`;
    case 'spike':
      return `at ${grouped(phase.basePerSec)}/s with a peak of ${grouped(phase.peakPerSec)}/s`;
    case 'steps':
      return `in steps of ${phase.ratesPerSec.map(grouped).join(', ')}/s`;
  }
}

/** The readers of the scenario's keys, or how the load is shared out among them and others. */
function describeTraffic({ keys, clients, streams }: Scenario): string {
  if (streams.length === 0) return `${describeKeys(keys)}${describeClients(clients)}`;
  const rest = 1 - streams.reduce((sum, { share }) => sum + share, 0);
  return [{ name: HONEST_STREAM, share: rest, keys, clients }, ...streams]
    .map(
      (stream) =>
        `${percent(stream.share)} ${stream.name} (${describeKeys(stream.keys)}${describeClients(stream.clients)})`,
    )
    .join(' + ');
}

function describeClients(clients: number): string {
  return clients === 1 ? '' : ` from ${grouped(clients)} clients`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}

function describeKeys(keys: ScenarioStream['keys']): string {
  switch (keys.kind) {
    case 'new':
      return 'new rows';
    case 'readers':
      return 'the same keys, as popular';
    case 'inserted':
      return 'rows just inserted';
    case 'hot':
      return 'one hot key';
    case 'uniform':
      return `${grouped(keys.count)} keys, all alike`;
    case 'zipf':
      return `${grouped(keys.count)} keys, zipf ${keys.exponent}${describeShift(keys.shiftEvery)}`;
    case 'scan':
      return `${grouped(keys.count)} keys, one after the other`;
    case 'missing':
      return keys.count === null ? 'ever new missing keys' : `${grouped(keys.count)} missing keys`;
  }
}

function describeShift(every: number | undefined): string {
  return every === undefined ? '' : `, others popular every ${grouped(every)} requests`;
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
