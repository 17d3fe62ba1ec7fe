import { writeStrategies } from '../../scenarios/strategies/registry.ts';
import type { WriteStrategyDefinition } from '../../scenarios/strategies/write-strategy.ts';
import type { Instance, StrategyBench } from '../service/testing.ts';
import { REFUSED } from './failures.ts';
import { type Outcome, passed, type Race, ScheduleError } from './race.ts';
import { traits } from './table.ts';

/** Those that need nothing but cache and database. */
export const contenders: readonly WriteStrategyDefinition[] = writeStrategies.filter(
  ({ queue, relays }) => queue === undefined && relays === undefined,
);

/** The dataset for so many races, one row each. */
export async function prepareRows(bench: StrategyBench, count: number): Promise<void> {
  await bench.reset(count);
  await bench.rowsOf('ALTER TABLE items ADD CHECK (value <> ?)', [REFUSED]);
}

/**
 * Plays a race once, on a row that nobody has touched.
 *
 * @throws ScheduleError when it did not come to where the schedule has it
 */
export async function playRace(
  bench: StrategyBench,
  definition: WriteStrategyDefinition,
  race: Race,
  key: string,
): Promise<Outcome> {
  const parameters = race.shortMemory ? shortened(definition) : undoneDelays(definition);
  const started: Instance[] = [];
  const instanceOf = async () => {
    const instance = await bench.instanceOf(definition, { parameters });
    started.push(instance);
    return instance;
  };
  const [reader, writer, otherWriter] = [await instanceOf(), await instanceOf(), await instanceOf()];
  const later = new Map([writer, otherWriter].map((each) => [each, each.board.hold('beforeSecondDelete')]));
  const how = traits[definition.name] ?? {};
  try {
    const outcome = await race.play({
      bench,
      key,
      reader,
      writer,
      otherWriter,
      traits: how,
      async drain(...writers) {
        for (const each of writers) {
          later.get(each)?.release();
          if (how.deletesTwice) await passed(each, 'afterSecondDelete');
        }
      },
    });
    return outcome ?? (await judge(bench, await instanceOf(), key));
  } finally {
    for (const instance of started) instance.stop();
  }
}

/** What a process that took no part reads, held against what is committed. */
export async function judge(
  bench: StrategyBench,
  { strategy, passed: behind }: Instance,
  key: string,
): Promise<Outcome> {
  const [row] = await bench.rowsOf<{ value: string; version: number }>('SELECT * FROM items WHERE id = ?', [
    key,
  ]);
  const read = async () => (await strategy.get(key)).item?.value;
  const first = await read();
  if (first === row?.value) return 'right';
  // Whoever answers with an old value and loads a new one has it in the end.
  if (behind.includes('afterLockAcquired')) await passed({ passed: behind }, 'afterCacheSet');
  const second = await read();
  if (second === row?.value) return 'old at first';
  if (first !== second) throw new ScheduleError(`one value to read: ${first}, then ${second}`);
  return second === REFUSED || second === 'lost' ? 'dirty' : 'old';
}

/** No schedule waits for a time: what is to come later is held, and let go. */
function undoneDelays({ parameters }: WriteStrategyDefinition): Record<string, number> {
  return 'delayMs' in parameters ? { delayMs: 0 } : {};
}

function shortened(definition: WriteStrategyDefinition): Record<string, number> {
  const memories = ['tombstoneMs', 'keepMs', 'leaseMs', 'lockMs'].filter(
    (name) => name in definition.parameters,
  );
  return { ...undoneDelays(definition), ...Object.fromEntries(memories.map((name) => [name, 1])) };
}
