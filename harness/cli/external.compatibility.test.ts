/** What a storm needs of its servers, on those of this machine as if they were somebody else's; and what it may not have. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend, BackendKind } from '../../infra/backend.ts';
import { refusesControl } from '../../infra/contract/external.suite.ts';
import { describeFeature, describeRefused, describeServer } from '../../infra/contract/feature.ts';
import { accountsSuite } from '../../infra/external/accounts.suite.ts';
import { externalDatabase } from '../../infra/external/database.ts';
import { externalRabbitmq } from '../../infra/external/rabbitmq.ts';
import { externalRedis } from '../../infra/external/redis.ts';
import { sentinelSuite } from '../../infra/external/sentinel.suite.ts';
import {
  ALL_NEEDS,
  findingsOf,
  startForTest,
  startTheirDatabase,
  type TheirDatabase,
} from '../../infra/external/testing.ts';
import { localRabbitmq } from '../../infra/local/rabbitmq.ts';
import { localRedis } from '../../infra/local/redis.ts';
import { pickFreePort } from '../../infra/ports.ts';
import { foreignServerProblems } from '../catalog/foreign-servers.ts';
import { loadScenario } from '../catalog/scenarios.ts';
import { describeUse } from '../compatibility/features.suite.ts';
import { KEY_PREFIX, type StrategyBench, strategyBenchOn } from '../service/testing.ts';
import { wholeStormSuite } from './whole-storm.suite.ts';

const SCHEMA = 'storm';
const EXTERNAL: Readonly<Record<BackendKind, (url: string) => Backend>> = {
  redis: (url) => externalRedis({ url, keyPrefix: KEY_PREFIX, needs: ALL_NEEDS }),
  database: (url) => externalDatabase({ url, schema: SCHEMA, needs: ALL_NEEDS }),
  rabbitmq: (url) => externalRabbitmq({ url, needs: ALL_NEEDS }),
};
/** What changes a server for everybody who uses it: a column, and a scenario that does it. */
const CHANGES: Readonly<Record<BackendKind, readonly (readonly [feature: string, scenario: string])[]>> = {
  redis: [
    ['refused commands (ACL)', 'write-crash:refused-delete'],
    ['memory limit and eviction', 'eviction'],
  ],
  database: [['read-only fault', 'write-crash:read-only']],
  rabbitmq: [['durable messages outlive a kill', 'write-crash:broker-restarted']],
};

const KINDS = ['redis', 'database', 'rabbitmq'] as const;

const cleanUp = new AsyncDisposableStack();
let theirDatabase: TheirDatabase;
let addresses: Readonly<Record<BackendKind, string>>;
beforeAll(async () => {
  theirDatabase = cleanUp.use(await startTheirDatabase());
  const theirs = cleanUp.use(await startForTest(localRedis(), localRabbitmq()));
  addresses = {
    redis: theirs.get('redis').url('service'),
    database: theirDatabase.url,
    rabbitmq: theirs.get('rabbitmq').url('service'),
  };
});
afterAll(() => cleanUp.disposeAsync());

// Before the bench has these servers to itself.
wholeStormSuite({
  name: 'external servers',
  servers: KINDS.map((kind) => ({ kind, provider: 'external' })),
  args: ['--infra', 'external'],
  envOf: () => ({
    REDIS_URL: addresses.redis,
    MYSQL_URL: addresses.database,
    AMQP_URL: addresses.rabbitmq,
  }),
});

describeServer({ kind: 'redis', provider: 'external' }, () => {
  describeFeature('failover (Sentinel)', () => sentinelSuite());
});

describe('external servers', () => {
  let bench: StrategyBench;
  beforeAll(async () => {
    const stack = cleanUp.use(await startForTest(...KINDS.map((each) => EXTERNAL[each](addresses[each]))));
    bench = cleanUp.use(await strategyBenchOn(stack, `${theirDatabase.url}${SCHEMA}`));
  });

  for (const kind of KINDS) describeServer({ kind, provider: 'external' }, () => describeKind(kind));

  function describeKind(kind: BackendKind): void {
    describeUse[kind](() => bench);
    if (kind === 'database') {
      describeFeature('statement counts per user, accounts', () => accountsSuite(() => theirDatabase));
    }

    describeRefused('kill, pause, restart, flush', () => refusesControl(() => bench.stack.get(kind)));

    describeRefused('starts, or says why not', () => {
      test('a server that is not there is not started', async () => {
        const url = addresses[kind].replace(/:\d+(?=\/)/, `:${await pickFreePort()}`);
        expect(await findingsOf(EXTERNAL[kind](url))).toMatchObject([{ got: 'a closed port' }]);
      });
    });

    for (const [feature, scenario] of CHANGES[kind]) {
      describeRefused(feature, () => {
        test(`${scenario} is not run`, async () => {
          const [problem] = await foreignServerProblems([await loadScenario(scenario, [])]);
          expect(problem?.message).toMatch(/: not on servers of your own$/);
        });
      });
    }
  }
});
