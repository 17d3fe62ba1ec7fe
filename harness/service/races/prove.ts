/**
 * `npm run proof:races [-- --times N]`: plays every race N times (100 by default) under every write strategy without a
 * relay, and prints how often each ended how. Rounds are interleaved, so that no cell has a quiet machine to itself.
 *
 * Exit codes: 0 every cell came out as the table has it, every time; 1 one did not; 2 wrong usage.
 */
import { parseArgs } from 'node:util';
import { type StrategyBench, startStrategyBench } from '../testing.ts';
import { contenders, playRace, prepareRows } from './play.ts';
import { happens, races } from './table.ts';

const { values } = parseArgs({ options: { times: { type: 'string', default: '100' } } });
const times = Number(values.times);
if (!Number.isInteger(times) || times < 1 || times > 10_000) {
  process.stderr.write(`--times ${values.times}: expected a whole number from 1 to 10000\n`);
  process.exitCode = 2;
} else {
  await using bench = await startStrategyBench();
  const outcomes = await playAll(bench);
  process.stdout.write(`${tableOf(outcomes).join('\n')}\n`);
  const wrong = [...outcomes].filter(([cell, counts]) => counts.get(expected(cell)) !== times);
  for (const [{ strategy, race }, counts] of wrong) {
    const came = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
    process.stdout.write(
      `✗ ${strategy}, ${race}: ${came}; expected ${times} ${expected({ strategy, race })}\n`,
    );
  }
  const cells = outcomes.size;
  process.stdout.write(
    `${cells - wrong.length} of ${cells} cells came out as told, ${times} of ${times} times\n`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

interface Cell {
  readonly strategy: string;
  readonly race: string;
}

type Outcomes = ReadonlyMap<Cell, Map<string, number>>;

function expected({ strategy, race }: Cell): string {
  return happens[strategy]?.[race] ?? 'right';
}

async function playAll(bench: StrategyBench): Promise<Outcomes> {
  const cells = contenders.flatMap((definition) =>
    races.map((race) => ({ definition, race, strategy: definition.name })),
  );
  const outcomes = new Map(
    cells.map(({ strategy, race, definition }) => {
      const cell: Cell & { play: (key: string) => Promise<string> } = {
        strategy,
        race: race.name,
        // A schedule that got stuck is an outcome, too, and no end of the others.
        play: (key) => playRace(bench, definition, race, key).catch((error: unknown) => String(error)),
      };
      return [cell, new Map<string, number>()] as const;
    }),
  );
  await prepareRows(bench, outcomes.size * times);
  let rows = 0;
  for (let round = 0; round < times; round++) {
    for (const [cell, counts] of outcomes) {
      const outcome = await cell.play(`item-${rows++}`);
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
  }
  return outcomes;
}

/** A column for each race, by a letter; `·` for a race that always ended right. */
function tableOf(outcomes: Outcomes): string[] {
  const letters = new Map(races.map(({ name }, index) => [name, String.fromCharCode(97 + index)]));
  const width = Math.max(...contenders.map(({ name }) => name.length)) + 2;
  const row = (title: string, texts: readonly string[]) =>
    (title.padEnd(width) + texts.map((text) => text.padEnd(18)).join('')).trimEnd();
  const ofStrategy = (strategy: string) =>
    [...outcomes].filter(([cell]) => cell.strategy === strategy).map(([, counts]) => textOf(counts));
  return [
    ...races.map(({ name, story }) => `${letters.get(name)}  ${name}: ${story}`),
    '',
    row('', [...letters.values()]),
    ...contenders.map(({ name }) => row(name, ofStrategy(name))),
    '',
  ];
}

function textOf(counts: ReadonlyMap<string, number>): string {
  if (counts.get('right') === times) return '·';
  return [...counts].map(([outcome, count]) => `${outcome} ${count}`).join(', ');
}
