/** A whole storm with servers of all three kinds, as a user has it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ServerUnderTest } from '../../infra/contract/feature.ts';
import { resultSchema } from '../result/schema.ts';
import { exitCodes } from './exit-codes.ts';
import { finish, remains, start } from './testing.ts';

export interface StormUnderTest {
  /** As the tests name it. */
  readonly name: string;
  readonly servers: readonly ServerUnderTest[];
  /** Where the servers come from. */
  readonly args: readonly string[];
  /** Their addresses. @default none */
  readonly envOf?: () => Readonly<Record<string, string>>;
  /** Why these servers, as the command says it. @default it says nothing */
  readonly because?: string;
  /** What is there of a run beside its processes and its directory. @default nothing can be */
  readonly leftOf?: (runId: string) => Promise<readonly string[]>;
}

const STORM = [
  ...['run', 'write-consistency', '--strategy', 'cache-aside,message-queue-versioned,binlog-versioned'],
  // Briefly, as it is had by many servers.
  ...['--rounds', '1', '--variants', 'none', '--set', 'profiles.smoke.stormMs=1500'],
];

export function wholeStormSuite(tested: StormUnderTest): void {
  const { name, servers, args, envOf = () => ({}), because = '', leftOf = async () => [] } = tested;
  describe(`a smoke storm on ${name}`, { meta: { servers, feature: 'a whole storm' } }, () => {
    it('writes by cache, queue and binary log, and leaves nothing', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'storm-test-'));
      try {
        const out = join(folder, 'out');
        const ended = await finish(start([...STORM, ...args, '--out', out], { env: envOf() }));
        // A busy machine may make latencies doubtful and relays late, and no run impossible.
        expect([exitCodes.held, exitCodes.failed, exitCodes.inconclusive], ended.stderr).toContain(
          ended.code,
        );
        expect(ended.stderr).toContain(because);
        const written = JSON.parse(await readFile(join(out, 'result.json'), 'utf8'));
        const { runId, provenance, interrupted, scenarios } = resultSchema.parse(written);
        expect([interrupted, provenance.infra, provenance.backends.map(({ kind }) => kind)]).toEqual([
          false,
          servers[0]?.provider,
          ['redis', 'database', 'rabbitmq'],
        ]);
        const metrics = scenarios[0]?.strategies.map(({ metrics: of }) => ({
          failed: of['requests.failed']?.median,
          divergent: of['consistency.divergentKeys']?.median,
        }));
        // With versions no race leaves an old copy, on whatever servers.
        expect(metrics?.slice(1)).toEqual(Array.from({ length: 2 }, () => ({ failed: 0, divergent: 0 })));
        expect([...(await remains(runId)), ...(await leftOf(runId))]).toEqual([]);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });
}
