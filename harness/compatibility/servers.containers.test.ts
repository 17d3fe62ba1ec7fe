/**
 * What a storm needs of its servers, on every image under test. They are started by threes, one of each kind, so that each
 * is started once.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { type BackendKind, type Needs, NO_NEEDS } from '../../infra/backend.ts';
import { containersProvider } from '../../infra/containers/provider.ts';
import { imagesOf } from '../../infra/containers/testing.ts';
import { describeServer } from '../../infra/contract/feature.ts';
import { type Stack, startStack } from '../../infra/stack.ts';
import { type StrategyBench, strategyBenchOn } from '../service/testing.ts';
import { describeChange, describeUse } from './features.suite.ts';

const redisImages = imagesOf('redis');
const databaseImages = imagesOf('database');
const brokerImages = imagesOf('rabbitmq');

/** A server of our own is made for all of it anyway. */
const EVERYTHING: Needs = { ...NO_NEEDS, keyEvents: true, changeLog: true, hashExchange: true };

const threes = Math.max(redisImages.length, databaseImages.length, brokerImages.length);
for (let n = 0; n < threes; n++) {
  const tested = { redis: redisImages[n], database: databaseImages[n], rabbitmq: brokerImages[n] };
  // Those that have had their turn are there for the others to be tested with.
  const redis = tested.redis ?? redisImages[0];
  const database = tested.database ?? databaseImages[0];

  describe(`${[redis, database, tested.rabbitmq].join(', ')}`, () => {
    let stack: Stack;
    let bench: StrategyBench;
    beforeAll(async () => {
      const images = {
        ...(redis === undefined ? {} : { redis }),
        ...(database === undefined ? {} : { database }),
        ...(tested.rabbitmq === undefined ? {} : { rabbitmq: tested.rabbitmq }),
      };
      const provider = containersProvider({ images });
      const kinds: BackendKind[] = ['redis', 'database', ...(tested.rabbitmq ? (['rabbitmq'] as const) : [])];
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

    for (const kind of ['redis', 'database', 'rabbitmq'] as const) {
      const image = tested[kind];
      if (image === undefined) continue;
      describeServer({ kind, provider: 'containers', image }, () => {
        describeUse[kind](() => bench);
        describeChange[kind](() => bench);
      });
    }
  });
}
