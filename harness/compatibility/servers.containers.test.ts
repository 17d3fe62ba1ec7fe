/**
 * What a storm needs of its servers, beyond what the contract suites hold them to, on every image under test. They are
 * started by threes, one of each kind, so that each is started once.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import type { BackendKind, Needs } from '../../infra/backend.ts';
import { containersProvider } from '../../infra/containers/provider.ts';
import { imagesOf } from '../../infra/containers/testing.ts';
import { describeFeature, describeServer, namesItself } from '../../infra/contract/feature.ts';
import { type Stack, startStack } from '../../infra/stack.ts';
import { changeLogSuite } from '../change-log/change-log.suite.ts';
import { readOnlySuite, refusedCommandsSuite } from '../faults/servers.suite.ts';
import { redisProbeSuite } from '../probes/redis.suite.ts';
import { queueSuite } from '../queue/queue.suite.ts';
import { brokerRestartSuite } from '../queue/restart.suite.ts';
import { sharedBloomFilterSuite } from '../service/bloom-filter-redis.suite.ts';
import { originSuite } from '../service/origin.suite.ts';
import { type StrategyBench, strategyBenchOn } from '../service/testing.ts';
import { twoLevelSuite } from '../service/two-level.suite.ts';
import { versionedEntrySuite } from '../service/versioned-entry.suite.ts';
import { cacheLimitSuite } from '../trial/cache-limit.suite.ts';

const redisImages = imagesOf('redis');
const databaseImages = imagesOf('database');
const brokerImages = imagesOf('rabbitmq');

/** A server of our own is made for all of it anyway. */
const EVERYTHING: Needs = { keyEvents: true, changeLog: true, hashExchange: true };

const threes = Math.max(redisImages.length, databaseImages.length, brokerImages.length);
for (let n = 0; n < threes; n++) {
  const [redisImage, databaseImage, brokerImage] = [redisImages[n], databaseImages[n], brokerImages[n]];
  // Those that have had their turn are there for the others to be tested with.
  const redis = redisImage ?? redisImages[0];
  const database = databaseImage ?? databaseImages[0];

  describe(`${[redis, database, brokerImage].join(', ')}`, () => {
    let stack: Stack;
    let bench: StrategyBench;
    beforeAll(async () => {
      const images = {
        ...(redis === undefined ? {} : { redis }),
        ...(database === undefined ? {} : { database }),
        ...(brokerImage === undefined ? {} : { rabbitmq: brokerImage }),
      };
      const provider = containersProvider({ images });
      const kinds: BackendKind[] = ['redis', 'database', ...(brokerImage ? (['rabbitmq'] as const) : [])];
      stack = await startStack({
        runId: `test-${randomUUID()}`,
        backends: kinds.map((kind) => provider.backend(kind, EVERYTHING)),
        signal: new AbortController().signal,
      });
      bench = await strategyBenchOn(stack);
    });
    afterAll(async () => {
      await bench?.[Symbol.asyncDispose]();
      await stack?.[Symbol.asyncDispose]();
    });

    if (redisImage !== undefined) {
      describeServer({ kind: 'redis', provider: 'containers', image: redisImage }, () => {
        namesItself(() => stack.get('redis'));
        describeFeature('counters and key events', () => redisProbeSuite(() => stack.get('redis')));
        describeFeature('Lua scripts', () => {
          describe('versioned entries', () => versionedEntrySuite(() => bench));
          describe('a shared Bloom filter', () => sharedBloomFilterSuite(() => bench));
        });
        describeFeature('client tracking (two-level)', () => twoLevelSuite(() => bench));
        describeFeature('refused commands (ACL)', () => refusedCommandsSuite(() => stack));
        describeFeature('memory limit and eviction', () => cacheLimitSuite(() => stack.get('redis')));
      });
    }

    if (databaseImage !== undefined) {
      describeServer({ kind: 'database', provider: 'containers', image: databaseImage }, () => {
        namesItself(() => stack.get('database'));
        describeFeature('reads, writes and outbox', () => originSuite(() => bench));
        describeFeature('CDC (binary log)', () => changeLogSuite(() => stack));
        describeFeature('read-only fault', () => readOnlySuite(() => stack));
      });
    }

    if (brokerImage !== undefined) {
      describeServer({ kind: 'rabbitmq', provider: 'containers', image: brokerImage }, () => {
        const broker = () => stack.get('rabbitmq');
        namesItself(broker);
        describe('queues', () => {
          beforeEach(() => broker().flush());
          queueSuite(() => broker().url('service'));
        });
        describeFeature('durable messages outlive a kill', () => brokerRestartSuite(broker));
      });
    }
  });
}
