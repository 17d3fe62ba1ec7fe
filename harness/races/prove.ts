/**
 * `npm run proof:races [-- --times N] [--races direct|relayed|all]`: plays every race N times (100 by default) under
 * every write strategy, and prints how often each ended how. `direct`: strategies without a relay; `relayed`: those with.
 *
 * Exit codes: 0 every cell came out as the tables have it, every time; 1 one did not; 2 wrong usage.
 */
import { parseArgs } from 'node:util';
import { localRabbitmq } from '../../infra/local/rabbitmq.ts';
import { type StrategyBench, startStrategyBench } from '../service/testing.ts';
import { contenders, playRace, prepareRows } from './play.ts';
import { relayedContenders, startTroupe } from './relayed-play.ts';
import { relayed, relayedRaces } from './relayed-table.ts';
import { happens, races } from './table.ts';

const WHICH = ['direct', 'relayed', 'all'];

const { values } = parseArgs({
  options: { times: { type: 'string', default: '100' }, races: { type: 'string', default: 'all' } },
});
const times = Number(values.times);
if (!Number.isInteger(times) || times < 1 || times > 10_000) {
  process.stderr.write(`--times ${values.times}: expected a whole number from 1 to 10000\n`);
  process.exitCode = 2;
} else if (!WHICH.includes(values.races)) {
  process.stderr.write(`--races ${values.races}: expected one of ${WHICH.join(', ')}\n`);
  process.exitCode = 2;
} else {
  const direct = values.races === 'relayed' || (await proveDirect());
  const withRelays = values.races === 'direct' || (await proveRelayed());
  process.exitCode = direct && withRelays ? 0 : 1;
}

interface Cell {
  readonly strategy: string;
  readonly race: string;
  readonly expected: string;
  /** How often it ended how. */
  readonly outcomes: Map<string, number>;
}

interface Told {
  readonly name: string;
  readonly story: string;
}

/** Rounds are interleaved, so that no cell has a quiet machine to itself. */
async function proveDirect(): Promise<boolean> {
  await using bench = await startStrategyBench();
  const all = contenders.flatMap((definition) =>
    races.map((race) => ({
      cell: cellOf(definition.name, race, happens[definition.name]?.[race.name]),
      play: (key: string) => playRace(bench, definition, race, key),
    })),
  );
  await prepareRows(bench, all.length * times);
  let rows = 0;
  for (let round = 0; round < times; round++) {
    for (const { cell, play } of all) await count(cell, play(`item-${rows++}`));
  }
  return judge(
    races,
    all.map(({ cell }) => cell),
  );
}

/** One strategy after the other: its relays are started once. */
async function proveRelayed(): Promise<boolean> {
  await using bench = await startStrategyBench([localRabbitmq()]);
  const cells: Cell[] = [];
  for (const definition of relayedContenders) cells.push(...(await playRelayed(bench, definition)));
  return judge(relayedRaces, cells);
}

async function playRelayed(
  bench: StrategyBench,
  definition: (typeof relayedContenders)[number],
): Promise<Cell[]> {
  await prepareRows(bench, relayedRaces.length * times);
  await using troupe = await startTroupe(bench, definition);
  const all = relayedRaces.map((race) => ({
    race,
    cell: cellOf(definition.name, race, relayed[definition.name]?.happens[race.name]),
  }));
  let rows = 0;
  for (let round = 0; round < times; round++) {
    for (const { race, cell } of all) await count(cell, troupe.play(race, `item-${rows++}`));
  }
  return all.map(({ cell }) => cell);
}

function cellOf(strategy: string, { name }: Told, expected = 'right'): Cell {
  return { strategy, race: name, expected, outcomes: new Map() };
}

/** A schedule that got stuck is an outcome, too, and no end of the others. */
async function count({ outcomes }: Cell, playing: Promise<string>): Promise<void> {
  const outcome = await playing.catch((error: unknown) => String(error));
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}

function judge(told: readonly Told[], cells: readonly Cell[]): boolean {
  const wrong = cells.filter(({ outcomes, expected }) => outcomes.get(expected) !== times);
  const lines = [
    ...tableOf(told, cells),
    '',
    ...wrong.map(
      ({ strategy, race, expected, outcomes }) =>
        `✗ ${strategy}, ${race}: ${listed(outcomes)}; expected ${expected} ${times}`,
    ),
    `${cells.length - wrong.length} of ${cells.length} cells came out as told, ${times} of ${times} times`,
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return wrong.length === 0;
}

/** A column for each race, by a letter; `·` for a race that always ended right. */
function tableOf(told: readonly Told[], cells: readonly Cell[]): string[] {
  const letters = told.map((_, index) => String.fromCharCode(97 + index));
  const strategies = Map.groupBy(cells, ({ strategy }) => strategy);
  const width = Math.max(...[...strategies.keys()].map(({ length }) => length)) + 2;
  const row = (title: string, texts: readonly string[]) =>
    (title.padEnd(width) + texts.map((text) => text.padEnd(18)).join('')).trimEnd();
  return [
    ...told.map(({ name, story }, index) => `${letters[index]}  ${name}: ${story}`),
    '',
    row('', letters),
    ...[...strategies].map(([name, own]) =>
      row(
        name,
        own.map(({ outcomes }) => (outcomes.get('right') === times ? '·' : listed(outcomes))),
      ),
    ),
  ];
}

function listed(outcomes: ReadonlyMap<string, number>): string {
  return [...outcomes].map(([outcome, often]) => `${outcome} ${often}`).join(', ');
}
