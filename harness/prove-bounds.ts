/**
 * First part of `npm run proof:bounds`: runs that theory itself draws raise a false alarm in less than one of a hundred.
 *
 *     node harness/prove-bounds.ts [--runs 1000] [--seed 1] [--into cachestorm-runs/bounds]
 *
 * 1,000 runs of each built-in scenario and variant in the `standard` profile: XFetch is played reader by reader, arrivals
 * and filters are drawn, and the bounds are held against that. All scenarios are one run of the command, so their
 * alarms are added up. What is done is kept in `<into>/simulated/`, and not done again.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeDirectory } from '../infra/make-directory.ts';
import { simulated } from './analysis/fixtures/simulated-run.ts';
import { loadContest } from './catalog/contest.ts';
import { builtInScenarios, withVariants } from './catalog/scenarios.ts';
import { expandPlan } from './plan/plan.ts';
import { deriveSeed, seededRandom } from './time/random.ts';

/** Of all bounds of a run together. */
const FALSE_ALARMS = 0.01;

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    into: { type: 'string', default: 'cachestorm-runs/bounds' },
  },
});
const runs = Number(flags.runs);
const seed = Number(flags.seed);
const folder = join(flags.into, 'simulated');
await makeDirectory(folder);

interface Outcome {
  readonly runs: number;
  readonly seed: number;
  /** Bounds that chance can break. */
  readonly chances: number;
  /** Runs in which a bound was broken, or left open, though nothing was wrong. */
  readonly alarms: number;
  readonly open: number;
}

let chances = 0;
let alarms = 0;
let open = 0;
const references = await Promise.all(builtInScenarios().map(({ name }) => withVariants(name, 'all')));
for (const reference of references.flat()) {
  const outcome = (await kept(reference)) ?? (await simulate(reference));
  console.log(
    `${reference.padEnd(28)} ${outcome.chances} bounds, ${outcome.runs} runs: ${outcome.alarms} broken, ${outcome.open} left open`,
  );
  chances += outcome.chances;
  alarms += outcome.alarms;
  open += outcome.open;
}
const holds = alarms + open < FALSE_ALARMS * runs;
console.log(
  `${chances} bounds that chance can break: in ${runs} runs of all ${alarms} broken, ${open} left open; allowed ${FALSE_ALARMS * runs}`,
);
console.log(holds ? 'held' : 'FAILED');
process.exitCode = holds ? 0 : 1;

async function simulate(reference: string): Promise<Outcome> {
  const contest = await loadContest(reference, [], ['all']);
  const [planned] = expandPlan([contest], { seed, profile: 'standard', infra: 'local' }).scenarios;
  if (planned === undefined) throw new Error(`no plan of ${reference}`);
  const contenders = contest.contenders
    .map((contender) => simulated(planned, contender))
    .filter((contender) => contender.chances > 0);
  const random = seededRandom(deriveSeed(seed, 'bounds', reference));
  const outcome = {
    runs,
    seed,
    chances: contenders.reduce((sum, each) => sum + each.chances, 0),
    alarms: 0,
    open: 0,
  };
  for (let run = 0; run < runs && contenders.length > 0; run++) {
    const verdicts = contenders.flatMap((contender) => contender.run(random));
    if (verdicts.includes(false)) outcome.alarms++;
    else if (verdicts.includes(null)) outcome.open++;
  }
  await writeFile(fileOf(reference), `${JSON.stringify(outcome)}\n`);
  return outcome;
}

/** `null` when it was not simulated yet, or otherwise. */
async function kept(reference: string): Promise<Outcome | null> {
  const text = await readFile(fileOf(reference), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  const outcome = text === null ? null : (JSON.parse(text) as Outcome);
  return outcome?.runs === runs && outcome.seed === seed ? outcome : null;
}

function fileOf(reference: string): string {
  return join(folder, `${reference.replace(':', '-')}.json`);
}
