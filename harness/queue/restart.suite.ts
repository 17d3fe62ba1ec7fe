import { expect, test } from 'vitest';
import type { StartedBackend } from '../../infra/backend.ts';
import { eventually } from '../../infra/contract/eventually.ts';
import type { QueueShape, RowChange } from '../../scenarios/strategies/relay.ts';
import { systemClock } from '../time/clock.ts';
import { connectQueue } from './queue.ts';

/** What of a queue outlives its broker. Apart from what else it promises, as a broker takes its time to boot. */
export function brokerRestartSuite(brokerOf: () => StartedBackend): void {
  test.each([
    { durable: true, left: [1, 2, 3] },
    { durable: false, left: [] },
  ])('of a killed broker, durable $durable, $left are left', async ({ durable, left }) => {
    const broker = brokerOf();
    const shape: QueueShape = { consumers: 1, order: 'none', prefetch: 10, durable };
    await broker.flush();
    const open = () =>
      connectQueue({
        url: broker.url('service'),
        shape,
        clock: systemClock,
        signal: new AbortController().signal,
        onBackgroundError: () => {},
      });
    await using sink = await open();
    for (const version of [1, 2, 3]) await sink.publish(change(version));
    await broker.kill();
    await broker.restart();
    await using source = await open();
    expect(await source.waiting()).toBe(left.length);
    const seen: (number | null)[] = [];
    await source.consume(async ({ version }) => void seen.push(version));
    await eventually(() => seen.length === left.length, 'what is left');
    expect(seen).toEqual(left);
  });
}

function change(version: number): RowChange {
  return { key: 'a', value: `a ${version}`, version, storedAtUs: 1_000 * version };
}
