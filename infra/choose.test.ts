import { expect, it } from 'vitest';
import type { BackendKind } from './backend.ts';
import { chooseProvider, type Search } from './choose.ts';
import { BackendMissingError, BackendOverrideError, EngineError } from './errors.ts';

const engine = { socketPath: '/engine.sock', product: 'docker', version: '28.0.1' };

/** A machine with these servers, and with an engine or without. */
function machine(servers: readonly BackendKind[], hasEngine: boolean): Search {
  return {
    async findProgram(kind) {
      if (!servers.includes(kind)) throw new BackendMissingError(kind, [kind]);
    },
    async findEngine() {
      if (!hasEngine) throw new EngineError('no container engine answers: looked at /engine.sock');
      return engine;
    },
  };
}

const BOTH: readonly BackendKind[] = ['redis', 'database'];

it.each([
  ['local, when all that is needed is there', machine(BOTH, true), 'local', 'this machine has the servers'],
  ['containers, when something is missing', machine(['redis'], true), 'containers', 'has no database'],
])('chooses %s', async (_what, search, name, because) => {
  const choice = await chooseProvider(BOTH, undefined, search);
  expect([choice.provider.name, choice.because]).toEqual([name, expect.stringContaining(because)]);
});

it.each([
  [{ images: { redis: 'redis:8.2' } }, 'images are given'],
  [{ sentinel: true }, 'a Sentinel is wanted'],
])('chooses containers for what only they have: %j', async (wish, because) => {
  const choice = await chooseProvider(BOTH, wish, machine(BOTH, true));
  expect([choice.provider.name, choice.because]).toEqual(['containers', because]);
});

it('names both ways when there is neither', async () => {
  const choosing = chooseProvider(BOTH, undefined, machine(['database'], false));
  await expect(choosing).rejects.toMatchObject({
    code: 'E_NO_SERVERS',
    message: expect.stringMatching(/no redis.*npm run setup.*no container engine answers/),
  });
});

it('does not pass over a program that was named and is wrong', async () => {
  const wrong = new BackendOverrideError('redis', 'CACHESTORM_REDIS_SERVER', '/nowhere', 'no such program');
  const search = { ...machine(BOTH, true), findProgram: () => Promise.reject(wrong) };
  await expect(chooseProvider(BOTH, undefined, search)).rejects.toBe(wrong);
});
