import type { Provenance } from './schema.ts';

const TOPOLOGIES = { sentinel: 'behind Sentinel', cluster: 'in a cluster' } as const;

/** As people call it: `redis 8.0.5 behind Sentinel`. */
export function serverName({
  product,
  version,
  topology,
}: Pick<Provenance['backends'][number], 'product' | 'version' | 'topology'>): string {
  return [product, version, ...(topology === undefined ? [] : [TOPOLOGIES[topology]])].join(' ');
}
