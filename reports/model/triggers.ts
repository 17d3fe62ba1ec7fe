/** What set a storm off, in words. */
import type { ScenarioResult } from '../../harness/result/schema.ts';

const MEANINGS: Readonly<Record<string, string>> = {
  flush: 'Redis lost everything',
  expiry: 'all entries that were preloaded expired',
  kill: 'a service process was killed; requests to it fail until another listens in its place',
  'cold-start': 'the service started with an empty cache',
};

/** `flush: Redis lost everything`, once for each kind; of a fault that came several times without its number. */
export function triggersInWords({ strategies }: ScenarioResult): readonly string[] {
  const names = strategies.flatMap(({ timeline }) => timeline?.triggers?.map(({ name }) => name) ?? []);
  return [...new Set(names.map((name) => name.replace(/-\d+$/, '')))].map((name) => {
    const meaning = MEANINGS[name];
    return meaning === undefined ? name : `${name}: ${meaning}`;
  });
}
