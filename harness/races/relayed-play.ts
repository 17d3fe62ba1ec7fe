import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { writeStrategies } from '../../scenarios/strategies/registry.ts';
import type { WriteStrategyDefinition } from '../../scenarios/strategies/write-strategy.ts';
import { connectCommitLog } from '../probes/commit-log.ts';
import { connectQueue } from '../queue/queue.ts';
import { hostRelay, type RelayHost } from '../relay/host.ts';
import { isIdle, lookAt } from '../relay/idle.ts';
import { type Instance, KEY_PREFIX, type StrategyBench, TTL_MS } from '../service/testing.ts';
import { systemClock } from '../time/clock.ts';
import { judge } from './play.ts';
import { type Outcome, until } from './race.ts';
import type { RelayedRace } from './relayed.ts';
import { relayed } from './relayed-table.ts';

export const relayedContenders: readonly WriteStrategyDefinition[] = writeStrategies.filter(
  ({ relays }) => relays !== undefined,
);

/** The relays of one strategy, at work in this process, for one race after the other. */
export interface RelayedTroupe extends AsyncDisposable {
  /**
   * Plays a race once, on a row that nobody has touched.
   *
   * @throws ScheduleError when it did not come to where the schedule has it
   */
  play(race: RelayedRace, key: string): Promise<Outcome>;
}

/** @param bench With a broker. */
export async function startTroupe(
  bench: StrategyBench,
  definition: WriteStrategyDefinition,
): Promise<RelayedTroupe> {
  await using starting = new AsyncDisposableStack();
  const { stack } = bench;
  await stack.get('rabbitmq').flush();
  const defaults = Object.entries(definition.parameters).map(([name, parameter]) => [
    name,
    parameter.default,
  ]);
  const parameters: Record<string, number> = Object.fromEntries(defaults);
  // Nobody has to wait for a time.
  for (const name of ['pollMs', 'flushMs']) if (name in parameters) parameters[name] = 1;

  const commitLog = starting.use(await connectCommitLog(stack.get('database').url('probe')));
  const relays: RelayHost[] = [];
  for (const { name, processes } of definition.relays?.(parameters) ?? []) {
    for (let index = 0; index < processes; index++) {
      const positionFile = join(stack.root, `position-${randomUUID()}.json`);
      const config = { strategy: definition.name, relay: name, index, parameters, positionFile, seed: 1 };
      relays.push(starting.use(await hostRelay({ ...config, ...CACHE, ...ORIGIN }, serversOf(stack))));
    }
  }
  const shutdown = new AbortController();
  starting.defer(() => shutdown.abort());
  const shape = definition.queue?.(parameters);
  const url = stack.get('rabbitmq').url('service');
  const connecting = { url, clock: systemClock, signal: shutdown.signal, onBackgroundError: () => undefined };
  const queue = shape === undefined ? null : starting.use(await connectQueue({ ...connecting, shape }));

  async function idle(): Promise<void> {
    const position = await commitLog.position();
    const looked = relays.map((relay) => ({
      report: async () => relay.report(),
      backlog: () => relay.backlog(),
    }));
    let before = await lookAt(looked);
    await until('the relays to be idle', async () => {
      const now = await lookAt(looked);
      const idleNow = isIdle(before, now, position);
      before = now;
      return idleNow;
    });
  }

  const cleanUp = starting.move();
  return {
    async play(race, key) {
      const started: Instance[] = [];
      const instanceOf = async () => {
        const options = { parameters, ...(queue === null ? {} : { queue }) };
        const instance = await bench.instanceOf(definition, options);
        started.push(instance);
        return instance;
      };
      const [reader, writer, otherWriter] = [await instanceOf(), await instanceOf(), await instanceOf()];
      const ways = relayed[definition.name]?.ways ?? { halfway: 'afterDbCommit' };
      const read = async () => (await (await instanceOf()).strategy.get(key)).item?.value;
      try {
        const stage = { bench, key, reader, writer, otherWriter, relays, ways, idle, read };
        return (await race.play(stage)) ?? (await judge(bench, await instanceOf(), key));
      } finally {
        for (const instance of started) instance.stop();
      }
    },
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  };
}

const CACHE = { ttlMs: TTL_MS, keyPrefix: KEY_PREFIX };
const ORIGIN = { queryMs: 0, poolSize: 4, stepDelayMs: 0 };

function serversOf(stack: StrategyBench['stack']) {
  return {
    redisUrl: stack.get('redis').url('relay'),
    databaseUrl: stack.get('database').url('relay'),
    brokerUrl: stack.get('rabbitmq').url('relay'),
  };
}
