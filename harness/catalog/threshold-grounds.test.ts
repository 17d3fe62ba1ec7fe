/** What a scenario can't measure is refused before anything starts. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadContest } from './contest.ts';
import { UsageError } from './errors.ts';
import { parseSetting } from './settings.ts';

type Profile = 'smoke' | 'standard';

const problemsOf = (reference: string, threshold: string, chosen: readonly string[], profile?: Profile) =>
  loadContest(reference, [], chosen, {
    thresholds: [threshold],
    ...(profile === undefined ? {} : { profile }),
  }).then(
    () => '',
    (error: unknown) => (error instanceof UsageError ? error.message : Promise.reject(error)),
  );

const READS = ['none', 'mutex'];
const WRITES = ['cache-aside', 'message-queue', 'outbox'];

describe('a threshold that can be judged is taken', () => {
  test.each([
    ['breakdown', 'db.loadsPerExpiry < 5', READS],
    ['breakdown:killed-holder', 'goodput > 90% over after(kill)', READS],
    ['breakdown:killed-holder', 'goodput > 90% over during', READS],
    ['breakdown:killed-holder', 'recovery.to95Ms < 1s', READS],
    ['avalanche:cold', 'goodput > 9% over after(cold-start)', READS],
    ['write-crash', 'message-queue: mq.lost == 0', WRITES],
    ['write-crash', 'outbox: relay.lagMs.p99 < 1s', WRITES],
    ['write-crash', 'staleness.kMax < 9', WRITES],
    ['write-crash:relay-killed', 'message-queue: goodput > 9% over after(kill)', WRITES],
    ['penetration', 'honest.goodput > 9%', READS],
    ['eviction', 'cache.optimumShare > 50%', ['noeviction', 'allkeys-lru']],
  ])('%s: %s', async (reference, threshold, chosen) => {
    expect(await problemsOf(reference, threshold, chosen)).toBe('');
  });
});

describe('one that can’t be is refused, with what there is', () => {
  test.each([
    ['breakdown', 'goodput > 9% over after(nope)', READS, 'nothing sets off breakdown with mutex'],
    [
      'breakdown:killed-holder',
      'goodput > 9% over after(kil)',
      READS,
      'no "kil" in breakdown-killed-holder with mutex; expected one of kill. Did you mean "kill"?',
    ],
    [
      'breakdown:killed-holder',
      'age.maxMs < 9s over after',
      READS,
      'age.maxMs is known of the whole storm only; over a window there are db.reads, ',
    ],
    [
      'breakdown',
      'recovery.to95Ms < 1s',
      READS,
      'breakdown does not measure recovery.to95Ms, for which it would need a fault',
    ],
    [
      'breakdown',
      'mq.lost == 0',
      READS,
      'breakdown does not measure mq.lost, for which it would need a message queue; it measures db.loadsPerExpiry, ',
    ],
    ['breakdown', 'staleness.readRate < 1%', READS, 'for which it would need a stream that writes'],
    ['breakdown', 'writes.latency.response.p99 < 1s', READS, 'for which it would need a stream that writes'],
    ['breakdown', 'consistency.divergentKeys < 1', READS, 'for which it would need a history (consistency)'],
    ['breakdown', 'honest.goodput > 9%', READS, 'for which it would need streams beside'],
    ['breakdown', 'vs none: relay.applied < 5%', READS, 'for which it would need a relay'],
    ['penetration', 'db.loadsPerExpiry < 5', READS, 'for which it would need one hot key'],
    [
      'breakdown',
      'db.loadsPerMissing.endless < 5',
      READS,
      'for which it would need a stream of {kind: "missing", count: null} keys',
    ],
    ['breakdown', 'cache.optimumShare > 50%', READS, 'for which it would need a limit of its memory'],
    [
      'write-crash',
      'mq.lost == 0',
      [...WRITES, 'binlog'],
      'mq.lost is not measured of binlog, which would need a message queue; name one that has it: message-queue, outbox',
    ],
    [
      'write-crash',
      'vs cache-aside: relay.applied < 5%',
      WRITES,
      'relay.applied is not measured of cache-aside, which would need a relay; name one that has it: message-queue, outbox',
    ],
    [
      'write-crash:relay-killed',
      'cache-aside: goodput > 9% over after(kill)',
      WRITES,
      'nothing sets off write-crash-relay-killed with cache-aside',
    ],
    ['breakdown', 'vs none: db.reads < 9%', ['none'], 'about no strategy'],
  ])('%s: %s', async (reference, threshold, chosen, message) => {
    const problems = await problemsOf(reference, threshold, chosen);
    expect(problems).toContain(`--threshold: "${threshold}"`);
    expect(problems).toContain(message);
  });
});

test('a fault that comes after the end of the profile’s storm is none', async () => {
  const late = [parseSetting('faults=[{"kind":"flush","atMs":4000}]')];
  const thresholds = ['goodput > 9% over after(flush)'];
  await expect(
    loadContest('breakdown', late, READS, { thresholds, profile: 'standard' }),
  ).resolves.toBeDefined();
  await expect(loadContest('breakdown', late, READS, { thresholds, profile: 'smoke' })).rejects.toThrow(
    'nothing sets off',
  );
});

test('a scenario’s own thresholds and claims are held to the same, in its longest profile', async () => {
  const own = (expression: string) => parseSetting(`thresholds=${JSON.stringify([expression])}`);
  await expect(loadContest('breakdown', [own('mq.lost == 0')], null)).rejects.toThrow(
    'breakdown: thresholds: "mq.lost == 0": breakdown does not measure mq.lost',
  );
  const claims = [{ text: 't', source: 's', cases: [{ when: 'w', holds: ['mutex: mq.lost == 0'] }] }];
  const folder = await mkdtemp(join(tmpdir(), 'grounds-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'mine.ts');
  const profile = { rounds: 1, stormMs: 500 };
  const scenario = {
    ...{ name: 'mine', title: 'Mine', question: 'Why?', load: { model: 'open', ratePerSec: 1 } },
    ...{ keys: { kind: 'hot' }, strategies: READS, claims },
    profiles: { smoke: profile, standard: profile, publish: profile },
  };
  await writeFile(file, `export default ${JSON.stringify(scenario)};`);
  await expect(loadContest(file, [], ['none'])).rejects.toThrow(
    'claims.0.cases.0.holds.0: "mutex: mq.lost == 0": mine does not measure mq.lost',
  );
});
