import type { PlannedScenario } from '../plan/plan.ts';
import type { Scenario } from '../scenario/schema.ts';

/** The storm in one line. Names the load model first: numbers of an open and a closed loop don't compare. */
export function describeLoad({ scenario, ratePerSec, stormMs }: PlannedScenario): string {
  const { load, keys, origin, service } = scenario;
  const arrivals =
    load.model === 'closed'
      ? `closed loop, ${load.connections} connections`
      : `open loop, ${load.arrivals === 'poisson' ? 'Poisson' : 'constant'} arrivals at ${grouped(ratePerSec ?? 0)}/s`;
  const instances = `${service.instances} ${service.instances === 1 ? 'instance' : 'instances'}`;
  return `${arrivals}, ${describeKeys(keys)}, ${stormMs / 1000} s a trial, ${instances}, ${origin.queryMs} ms a query`;
}

function describeKeys(keys: Scenario['keys']): string {
  switch (keys.kind) {
    case 'hot':
      return 'one hot key';
    case 'uniform':
      return `${grouped(keys.count)} keys, all alike`;
    case 'zipf':
      return `${grouped(keys.count)} keys, zipf ${keys.exponent}`;
    case 'scan':
      return `${grouped(keys.count)} keys, one after the other`;
    case 'missing':
      return keys.count === null ? 'ever new missing keys' : `${grouped(keys.count)} missing keys`;
  }
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
