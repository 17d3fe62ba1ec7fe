/** What a storm needs of each kind of server, beyond what the contract suites hold it to. */
import { beforeEach, describe } from 'vitest';
import type { BackendKind } from '../../infra/backend.ts';
import { describeFeature, namesItself } from '../../infra/contract/feature.ts';
import { changeLogSuite } from '../change-log/change-log.suite.ts';
import { readOnlySuite, refusedCommandsSuite } from '../faults/servers.suite.ts';
import { redisProbeSuite } from '../probes/redis.suite.ts';
import { queueSuite } from '../queue/queue.suite.ts';
import { brokerRestartSuite } from '../queue/restart.suite.ts';
import { sharedBloomFilterSuite } from '../service/bloom-filter-redis.suite.ts';
import { originSuite } from '../service/origin.suite.ts';
import type { StrategyBench } from '../service/testing.ts';
import { twoLevelSuite } from '../service/two-level.suite.ts';
import { versionedEntrySuite } from '../service/versioned-entry.suite.ts';
import { cacheLimitSuite } from '../trial/cache-limit.suite.ts';

/** Tests of a server of the bench's stack. */
type Define = (benchOf: () => StrategyBench) => void;

/** Of every server, whoever it belongs to. */
export const describeUse: Readonly<Record<BackendKind, Define>> = {
  redis(benchOf) {
    const redis = () => benchOf().stack.get('redis');
    namesItself(redis);
    describeFeature('counters and key events', () => redisProbeSuite(redis));
    describeFeature('Lua scripts', () => {
      describe('versioned entries', () => versionedEntrySuite(benchOf));
      describe('a shared Bloom filter', () => sharedBloomFilterSuite(benchOf));
    });
    describeFeature('client tracking (two-level)', () => twoLevelSuite(benchOf));
  },
  database(benchOf) {
    namesItself(() => benchOf().stack.get('database'));
    describeFeature('reads, writes and outbox', () => originSuite(benchOf));
    describeFeature('CDC (binary log)', () => changeLogSuite(() => benchOf().stack));
  },
  rabbitmq(benchOf) {
    const broker = () => benchOf().stack.get('rabbitmq');
    namesItself(broker);
    describe('queues', () => {
      beforeEach(() => broker().flush());
      queueSuite(broker);
    });
  },
};

/** Of those that are the run's own: it is done to the server, and undone. */
export const describeChange: Readonly<Record<BackendKind, Define>> = {
  redis(benchOf) {
    describeFeature('refused commands (ACL)', () => refusedCommandsSuite(() => benchOf().stack));
    describeFeature('memory limit and eviction', () => cacheLimitSuite(() => benchOf().stack.get('redis')));
  },
  database(benchOf) {
    describeFeature('read-only fault', () => readOnlySuite(() => benchOf().stack));
  },
  rabbitmq(benchOf) {
    describeFeature('durable messages outlive a kill', () =>
      brokerRestartSuite(() => benchOf().stack.get('rabbitmq')),
    );
  },
};
