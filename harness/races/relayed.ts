/** Races of strategies with relays: a change is on its way, and something else happens meanwhile. */
import type { RelayHost } from '../relay/host.ts';
import { entryKey } from '../service/context.ts';
import { type Instance, KEY_PREFIX, type StrategyBench } from '../service/testing.ts';
import { halt, type Outcome, until, within } from './race.ts';

/** Service processes of one strategy and its relays, and a row that is theirs alone: version 1, not in the cache. */
export interface RelayedStage {
  readonly bench: StrategyBench;
  readonly key: string;
  readonly reader: Instance;
  readonly writer: Instance;
  readonly otherWriter: Instance;
  readonly relays: readonly RelayHost[];
  readonly ways: Ways;
  /** Resolves once everything that was acknowledged before is carried on. */
  idle(): Promise<void>;
  /** Reads in another process, and answers with the value. */
  read(): Promise<string | undefined>;
}

/** How a strategy sends its changes on their way, as far as a schedule has to know it. */
export interface Ways {
  /** Where a writer stands that has written to one of the two, as far as it can be held before the rest. */
  readonly halfway: 'beforePublish' | 'afterDbCommit' | 'afterCacheSet';
  /** Messages of one key may be handled by several consumers at once. @default false */
  readonly sharedQueue?: boolean;
}

export interface RelayedRace {
  readonly name: string;
  /** Who does what, in order. */
  readonly story: string;
  /** Answers what came of it where that shows on the way; else it is what a new reader gets in the end. */
  play(stage: RelayedStage): Promise<Outcome | undefined>;
}

export const lateSet: RelayedRace = {
  name: 'late set',
  story: 'a reader loads; a write is acknowledged, and carried on; the reader sets',
  async play({ reader, writer, key, idle }) {
    const late = await halt(reader, ['beforeCacheSet'], () => reader.strategy.get(key));
    await writer.put(key, 'new');
    await idle();
    await late.goOn();
    return undefined;
  },
};

export const plainDelete: RelayedRace = {
  name: 'plain DEL',
  story:
    'a reader loads; a write is carried on; somebody deletes the entry, or Redis evicts it; the reader sets',
  async play({ bench, reader, writer, key, idle }) {
    const late = await halt(reader, ['beforeCacheSet'], () => reader.strategy.get(key));
    await writer.put(key, 'new');
    await idle();
    await bench.redis.del(entryKey(KEY_PREFIX, key));
    await late.goOn();
    return undefined;
  },
};

export const crashHalfway: RelayedRace = {
  name: 'crash halfway',
  story: 'a reader fills; the writer dies when one of database and cache has its value; relays go on',
  async play({ reader, writer, key, idle }) {
    await reader.strategy.get(key);
    const writing = await halt(writer, ['afterDbCommit', 'afterCacheSet'], () => writer.put(key, 'lost'));
    await writing.die();
    await idle();
    return undefined;
  },
};

export const publishOvertaken: RelayedRace = {
  name: 'publish overtaken',
  story:
    'a writer stops before its change is sent, where it can be; another writes, and is carried on; the first goes on',
  async play({ writer, otherWriter, key, ways, idle }) {
    const writing = await halt(writer, [ways.halfway], () => writer.put(key, 'one'));
    await otherWriter.put(key, 'two');
    await idle();
    await writing.goOn();
    await idle();
    return undefined;
  },
};

/** Holds whoever comes to apply a change, and resolves with the hold of the first once `work` has sent one there. */
async function applying({ relays }: RelayedStage, work: () => Promise<unknown>) {
  const holds = relays.map(({ board }) => board.hold('beforeApply'));
  await work();
  const held = await within(
    'a relay to apply it',
    Promise.race(
      holds.map(async (each) => {
        await each.reached();
        return each;
      }),
    ),
  );
  return { held, others: holds.filter((other) => other !== held) };
}

/** Resolves once the broker has handed out what `work` publishes; where there is no broker, once `work` is done. */
async function handedOut({ relays }: RelayedStage, work: () => Promise<unknown>): Promise<void> {
  const queues = () => relays.flatMap((relay) => relay.report().queue ?? []);
  const delivered = () => queues().reduce((sum, queue) => sum + queue.delivered, 0);
  const before = delivered();
  await work();
  if (queues().length > 0) await until('the message to be handed out', () => delivered() > before);
}

/** Resolves once another consumer has applied what `work` hands out, where there is another that may. */
async function appliedByOther(stage: RelayedStage, work: () => void | Promise<void>): Promise<void> {
  const applied = () => stage.relays.reduce((sum, relay) => sum + relay.report().applied, 0);
  const before = applied();
  await work();
  if (stage.ways.sharedQueue) await until('another consumer to apply it', () => applied() > before);
}

export const consumersOvertaken: RelayedRace = {
  name: 'consumer overtaken',
  story:
    'a consumer stops just before it applies a write; another write is handed out, and applied by whoever is free',
  async play(stage) {
    const { writer, otherWriter, key, idle } = stage;
    const { held, others } = await applying(stage, () => writer.put(key, 'one'));
    for (const other of others) other.release();
    await appliedByOther(stage, () => handedOut(stage, () => otherWriter.put(key, 'two')));
    held.release();
    await idle();
    return undefined;
  },
};

export const failedOnce: RelayedRace = {
  name: 'failed once',
  story: 'a relay has a write in hand; another is handed out; the first can’t be applied, and is tried again',
  async play(stage) {
    const { writer, otherWriter, key, idle } = stage;
    const { held, others } = await applying(stage, () => writer.put(key, 'one'));
    for (const other of others) other.release();
    await appliedByOther(stage, () => handedOut(stage, () => otherWriter.put(key, 'two')));
    held.fail(new Error('Redis refused'));
    await idle();
    return undefined;
  },
};

export const readAfterAck: RelayedRace = {
  name: 'read after the ack',
  story: 'a reader fills; a write is acknowledged, and a relay about to apply it; another reads',
  async play(stage) {
    const { reader, writer, key, idle, read } = stage;
    await reader.strategy.get(key);
    const { held, others } = await applying(stage, () => writer.put(key, 'new'));
    const first = await read();
    for (const each of [held, ...others]) each.release();
    await idle();
    if ((await read()) !== 'new') return 'old';
    return first === 'new' ? 'right' : 'old at first';
  },
};

export const lostBeforeStored: RelayedRace = {
  name: 'entry lost early',
  story:
    'a write is acknowledged, and no relay has stored it yet; its entry expires; a reader fills; relays go on',
  async play({ bench, relays, reader, writer, key, idle }) {
    const holds = relays.map(({ board }) => board.hold('beforeDbWrite'));
    const version = await writer.put(key, 'new');
    // With a version it is stored already.
    if (version === null)
      await within('a relay to store it', Promise.race(holds.map((held) => held.reached())));
    else await idle();
    await bench.redis.del(entryKey(KEY_PREFIX, key));
    await reader.strategy.get(key);
    for (const held of holds) held.release();
    await idle();
    return undefined;
  },
};
