import { Command } from 'commander';
import type { StrategyDefinition } from '../../../scenarios/strategies/definition.ts';
import { findStrategy } from '../../catalog/strategies.ts';
import type { Plan } from '../../plan/plan.ts';
import { RunDirectoryError } from '../../record/claim.ts';
import { RunDirectory } from '../../record/run-directory.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { showResult } from '../show-result.ts';

const HELP = `
Reads plan.json, events.jsonl and samples/, and writes result.json, report.html and summary.md anew: after a full disk,
an interrupt or a kill, with those trials that were finished. It starts no servers, and ends with the exit code of the
verdict, as run does. Strategies in files of your own are read from where they were.`;

export function reportCommand(): Command {
  return new Command('report')
    .description('judge a run again, from what it left in its directory')
    .argument('<dir>', 'the directory of the run')
    .option('--json', 'print the result as JSON on stdout')
    .addHelpText('after', HELP)
    .action(execute);
}

async function execute(path: string, flags: { readonly json?: boolean }): Promise<void> {
  const { directory, plan } = await RunDirectory.open(path);
  using _ = directory;
  const samples = await directory.readSamples(plan);
  if (samples.length === 0) {
    throw new RunDirectoryError(
      `${path}: expected finished trials in samples/, found none: there is nothing to judge`,
    );
  }
  const { judgeRun } = await import('../../judge-run.ts');
  const { result, unread } = await judgeRun({
    ...{ plan, samples, directory },
    events: await directory.readEvents(),
    definitions: await definitionsIn(plan),
  });
  const lost = await showResult(result, directory, flags);
  const error = unread ?? lost;
  if (error !== null) throw error;
  process.exitCode = exitCodeOf(result.verdict);
}

/** The strategies of a plan by name, from where it had them. */
async function definitionsIn({ scenarios }: Plan): Promise<ReadonlyMap<string, StrategyDefinition>> {
  const found = new Map<string, StrategyDefinition>();
  for (const { name, reference } of scenarios.flatMap(({ strategies }) => strategies)) {
    if (!found.has(name)) found.set(name, await findStrategy(reference));
  }
  return found;
}
