/** What set a storm off, in words. */
import type { ScenarioResult } from '../../harness/result/schema.ts';

const MEANINGS: Readonly<Record<string, string>> = {
  flush: 'Redis lost everything',
  expiry: 'all entries that were preloaded expired',
  kill: 'a process was killed; what it answers or carries on waits or fails until another is in its place',
  pause: 'a server was stopped and kept its connections open, silent',
  restart: 'the broker was killed and started again',
  refuse: 'Redis refused some commands',
  'read-only': 'the database refused every write',
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
