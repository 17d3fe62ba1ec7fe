import { connect } from 'amqplib';
import { expect, test } from 'vitest';
import type { StartedBackend } from '../../infra/backend.ts';
import { eventually } from '../../infra/contract/eventually.ts';
import { describeFeature } from '../../infra/contract/feature.ts';
import type { QueueShape, RowChange } from '../../scenarios/strategies/relay.ts';
import { layWire } from '../fixtures/wire.ts';
import { systemClock } from '../time/clock.ts';
import { type ConnectedQueue, connectQueue, type QueueOptions } from './queue.ts';
import { QueueError } from './queue-error.ts';
import { QUEUE_PREFIX } from './topology.ts';

const ONE: QueueShape = { consumers: 1, order: 'none', prefetch: 10, durable: true };

/**
 * What the queue promises, in the file of those who have a broker already: one boots in four seconds. Each test begins
 * on a broker without queues.
 */
export function queueSuite(broker: () => Pick<StartedBackend, 'url' | 'prefix'>): void {
  const brokerUrl = () => broker().url('service');
  // On a broker of somebody else's only the run's own queues are deleted between tests, and those have its prefix.
  const prefixOf = () => broker().prefix ?? QUEUE_PREFIX;
  const open = async (options: Partial<QueueOptions> & { readonly errors?: unknown[] } = {}) => {
    const { errors = [], ...rest } = options;
    return connectQueue({
      url: brokerUrl(),
      prefix: prefixOf(),
      shape: ONE,
      clock: systemClock,
      signal: new AbortController().signal,
      onBackgroundError: (error) => errors.push(error),
      ...rest,
    });
  };
  const publishAll = async (queue: ConnectedQueue, changes: readonly RowChange[]) => {
    for (const change of changes) await queue.publish(change);
  };
  const reasonOf = (published: Promise<void>) =>
    published.then(
      () => 'published',
      (error: unknown) => (error instanceof QueueError ? error.reason : error),
    );

  const deleteQueue = async () => {
    const model = await connect(brokerUrl());
    await (await model.createChannel()).deleteQueue(`${prefixOf()}changes`);
    await model.close();
  };

  describeFeature('confirms and acknowledgements', () => {
    test('a message comes out as it went in, in order, and is gone once it is acknowledged', async () => {
      await using sink = await open();
      await using source = await open();
      const seen: RowChange[] = [];
      await source.consume(async (change, { redelivered }) => {
        expect(redelivered).toBe(false);
        seen.push(change);
      });
      const changes = [1, 2, 3, 4, 5].map((n) => change('a', n));
      await publishAll(sink, [...changes, { ...change('b', 1), version: null, value: '"\u2028é' }]);
      await eventually(() => source.counters.acked === 6, 'six acknowledged');
      expect(seen).toEqual([...changes, { ...change('b', 1), version: null, value: '"\u2028é' }]);
      expect(sink.counters).toMatchObject({ published: 6, confirmed: 6 });
      expect(source.counters).toMatchObject({ delivered: 6, redelivered: 0, acked: 6, inHand: 0 });
      expect(await sink.waiting()).toBe(0);
    });

    test('waiting messages are counted, and survive those who wrote them', async () => {
      {
        await using sink = await open();
        await publishAll(sink, [change('a', 1), change('a', 2)]);
      }
      await using source = await open();
      expect(await source.waiting()).toBe(2);
    });

    test('a message that no queue takes is refused, though the broker confirms it', async () => {
      await using sink = await open();
      await publishAll(sink, [change('a', 1)]);
      await deleteQueue();
      expect(await reasonOf(sink.publish(change('a', 2)))).toBe('unroutable');
      expect(sink.counters).toMatchObject({ published: 2, confirmed: 1 });
    });

    test('whose queue was deleted makes it anew, and goes on', async () => {
      await using queue = await open();
      const seen: (number | null)[] = [];
      await queue.consume(async ({ version }) => void seen.push(version));
      await deleteQueue();
      await eventually(
        async () => (await reasonOf(queue.publish(change('a', 1)))) === 'published',
        'a queue that takes it',
      );
      await eventually(() => seen.length === 1, 'the message');
    });

    test.each(['none', 'single-active'] as const)(
      'order %s: what is rejected is tried again',
      async (order) => {
        const errors: unknown[] = [];
        await using queue = await open({ shape: { ...ONE, order }, errors });
        const seen: string[] = [];
        await queue.consume(async ({ version }) => {
          seen.push(String(version));
          if (seen.length <= 2) throw new Error('not now');
        });
        await publishAll(queue, [change('a', 1), change('a', 2)]);
        await eventually(() => queue.counters.acked === 2, 'both acknowledged');
        expect(errors.map(String)).toEqual(['Error: not now', 'Error: not now']);
        // Without order it went back to the queue: the broker says so.
        if (order === 'none') expect(queue.counters.redelivered).toBe(2);
        else expect(seen).toEqual(['1', '1', '1', '2']);
      },
    );

    test('without a connection publishing fails at once, and what was on its way may be there', async () => {
      await using wire = await layWire(brokerUrl());
      const errors: unknown[] = [];
      await using sink = await open({ url: wire.url, errors });
      await using source = await open({ url: wire.url, errors });
      const seen: string[] = [];
      await source.consume(async ({ version }, { redelivered }) => {
        if (seen.length === 1 && !redelivered) await eventually(() => errors.length >= 2, 'lost connections');
        seen.push(`${version}${redelivered ? ' again' : ''}`);
      });
      await publishAll(sink, [change('a', 1), change('a', 2)]);
      await eventually(() => seen.length === 1 && source.counters.inHand === 1, 'the second in hand');
      wire.silence();
      const onItsWay = reasonOf(sink.publish(change('a', 3)));
      await wire.cut();
      expect(await onItsWay).toBe('lost');
      expect(await reasonOf(sink.publish(change('a', 4)))).toBe('unreachable');
      expect(sink.counters).toMatchObject({ published: 3, confirmed: 2 });
      await wire.mend();
      await eventually(
        async () => (await reasonOf(sink.publish(change('a', 5)))) === 'published',
        'a connection',
      );
      await eventually(() => seen.includes('5'), 'the last message');
      // The second was under way when its connection broke: done twice.
      expect(seen.filter((entry) => entry.startsWith('2'))).toEqual(['2', '2 again']);
      await eventually(() => source.counters.inHand === 0, 'nothing in hand');
      expect(source.counters.redelivered).toBeGreaterThan(0);
    });
  });

  describeFeature('order by key (consistent hash exchange)', () => {
    test('by key, each key has one consumer, and its order', async () => {
      const shape: QueueShape = { ...ONE, consumers: 3, order: 'by-key' };
      await using sink = await open({ shape });
      await using consumers = new AsyncDisposableStack();
      const seen: RowChange[][] = [];
      for (let consumer = 0; consumer < 3; consumer++) {
        const source = consumers.use(await open({ shape, consumer }));
        const own: RowChange[] = [];
        seen.push(own);
        await source.consume(async (change) => void own.push(change));
      }
      const keys = Array.from({ length: 60 }, (_, n) => `item-${n}`);
      const ofKey = (key: string) =>
        publishAll(
          sink,
          [1, 2, 3, 4].map((n) => change(key, n)),
        );
      await Promise.all(keys.map(ofKey));
      await eventually(() => seen.flat().length === 240, 'all messages');
      for (const key of keys) {
        const whose = seen.filter((own) => own.some((change) => change.key === key));
        expect(whose).toHaveLength(1);
        const versions = whose.flat().filter((change) => change.key === key);
        expect(versions.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
      }
      expect(seen.filter((own) => own.length > 0)).toHaveLength(3);
    });
  });

  describeFeature('single active consumer', () => {
    test('of single-active consumers the next takes over when the first is gone, where it was', async () => {
      const shape: QueueShape = { ...ONE, consumers: 2, order: 'single-active', prefetch: 2 };
      const first = await open({ shape });
      await using second = await open({ shape, consumer: 1 });
      const seen: string[] = [];
      await first.consume(async ({ version }) => {
        if (version === 3) await new Promise(() => {});
        seen.push(`first ${version}`);
      });
      await second.consume(async ({ version }, { redelivered }) => {
        seen.push(`second ${version}${redelivered ? ' again' : ''}`);
      });
      await publishAll(
        second,
        [1, 2, 3, 4, 5].map((n) => change('a', n)),
      );
      await eventually(() => seen.length === 2 && first.counters.inHand === 2, 'two more in hand');
      await first[Symbol.asyncDispose]();
      await eventually(() => seen.length === 5, 'all five');
      expect(seen).toEqual(['first 1', 'first 2', 'second 3 again', 'second 4 again', 'second 5']);
      expect(second.counters).toMatchObject({ delivered: 3, redelivered: 2, acked: 3 });
    });
  });
}

function change(key: string, version: number): RowChange {
  return { key, value: `${key} ${version}`, version, storedAtUs: 1_000 * version };
}
