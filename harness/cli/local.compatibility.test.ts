/** What a storm needs of its servers, on those that this machine has. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeRefused, describeServer } from '../../infra/contract/feature.ts';
import { localRabbitmq } from '../../infra/local/rabbitmq.ts';
import { describeChange, describeUse } from '../compatibility/features.suite.ts';
import { type StrategyBench, startStrategyBench } from '../service/testing.ts';
import { exitCodes } from './exit-codes.ts';
import { finish, start } from './testing.ts';
import { wholeStormSuite } from './whole-storm.suite.ts';

const KINDS = ['redis', 'database', 'rabbitmq'] as const;

wholeStormSuite({
  name: 'local servers',
  servers: KINDS.map((kind) => ({ kind, provider: 'local' })),
  args: ['--infra', 'local'],
});

describe('local servers', () => {
  let bench: StrategyBench;
  beforeAll(async () => {
    bench = await startStrategyBench([localRabbitmq()]);
  });
  afterAll(() => bench?.[Symbol.asyncDispose]());

  for (const kind of KINDS) {
    describeServer({ kind, provider: 'local' }, () => {
      describeUse[kind](() => bench);
      describeChange[kind](() => bench);
    });
  }
});

describeServer({ kind: 'redis', provider: 'local' }, () => {
  describeRefused('failover (Sentinel)', () => {
    test('is for containers only', async () => {
      const { code, stderr } = await finish(start(['run', 'breakdown', '--infra', 'local', '--sentinel']));
      expect([code, stderr]).toEqual([
        exitCodes.usage,
        expect.stringContaining('no effect with --infra local'),
      ]);
    });
  });
});
