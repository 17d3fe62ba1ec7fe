import { Command, Option } from 'commander';
import { chooseProvider, type ProviderChoice } from '../../../infra/choose.ts';
import type { Images } from '../../../infra/containers/images.ts';
import { containersProvider } from '../../../infra/containers/provider.ts';
import { externalProvider } from '../../../infra/external/provider.ts';
import { localProvider, type ProviderName, providerNames } from '../../../infra/provider.ts';
import { definitionsOf, loadContest } from '../../catalog/contest.ts';
import { type Problem, UsageError } from '../../catalog/errors.ts';
import { foreignServerProblems } from '../../catalog/foreign-servers.ts';
import {
  builtInScenarios,
  type VariantChoice,
  variantChoices,
  withVariants,
} from '../../catalog/scenarios.ts';
import type { Setting } from '../../catalog/settings.ts';
import { neededServers } from '../../needed-servers.ts';
import { type Contest, expandPlan } from '../../plan/plan.ts';
import { roomProblems } from '../../plan/room.ts';
import { readRoom } from '../../probes/machine.ts';
import { RunDirectory } from '../../record/run-directory.ts';
import { StorageError } from '../../record/storage.ts';
import { type ProfileName, profileNames } from '../../scenario/schema.ts';
import { systemClock } from '../../time/clock.ts';
import { commandLine } from '../command-line.ts';
import { defaultDirectory } from '../default-directory.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { imageOption } from '../image-option.ts';
import { listenForInterrupts } from '../interrupts.ts';
import {
  commaList,
  directoryPath,
  namePrefix,
  oneOf,
  settings,
  thresholds,
  wholeNumber,
} from '../options.ts';
import { openProgress } from '../progress.ts';
import { showResult } from '../show-result.ts';

interface RunFlags {
  readonly strategy?: readonly string[];
  readonly variants?: VariantChoice;
  readonly rounds?: number;
  readonly profile: ProfileName;
  readonly seed: number;
  readonly infra: ProviderName | 'auto';
  readonly image?: Partial<Images>;
  readonly sentinel?: true;
  readonly keyPrefix?: string;
  readonly schema?: string;
  readonly out?: string;
  readonly force?: true;
  readonly aa?: boolean;
  readonly json?: boolean;
  readonly set: readonly Setting[];
  readonly threshold: readonly string[];
}

const EXAMPLES = `
Thresholds: [strategy] [vs other]: metric <|<=|>|>=|== limit [@confidence%] [over window]
  Without a name, for every strategy but the baseline. With "vs", the limit is a share (10%) or a change (+10%)
  of the other’s; "baseline" is the first strategy. @95%: the whole 95% interval must satisfy it.

Profiles:
  smoke     the core strategies, seconds a trial: does it work, is the order right (breakdown: under a minute)
  standard  all strategies, enough rounds to compare them (breakdown: 25 minutes)
  publish   for figures to show others (breakdown: 45 minutes)
  --strategy and --variants change what runs, in any profile.

Examples:
  cachestorm run breakdown
  cachestorm run breakdown --strategy all
  cachestorm run breakdown --strategy none,./my-strategy.ts --rounds 5
  cachestorm run ./my-scenario.ts --profile standard --seed 7 --out results
  cachestorm run breakdown --threshold 'mutex: db.loadsPerExpiry <= 1.2' --threshold 'vs none: db.reads < 10%'
  cachestorm run breakdown --aa --profile standard
  cachestorm run breakdown --set origin.queryMs=50 --set parameters.mutex.lockMs=40 --json`;

export function runCommand(): Command {
  return new Command('run')
    .description('run scenarios and judge what they measured')
    .argument(
      '[scenario...]',
      'names of built-in scenarios, or paths of scenario files; default: all built-in ones',
    )
    .option(
      '--strategy <names>',
      'strategies to compare: names or paths, baseline first; all or core: the scenario’s own; default: core in the smoke profile, else all',
      commaList,
    )
    .option(
      '--variants <which>',
      'which variants run beside a scenario: all, core or none; default: core in the smoke profile, else all',
      oneOf(variantChoices),
    )
    .option('--rounds <n>', 'how often every strategy is tried; default: the profile’s', wholeNumber(1, 100))
    .option(
      '--profile <name>',
      'how much to measure: smoke, standard or publish',
      oneOf(profileNames),
      'smoke',
    )
    .option('--seed <n>', 'of arrivals, keys and order', wholeNumber(0, 2 ** 32 - 1), 1)
    .option(
      '--infra <provider>',
      'where the servers come from: local (programs of this machine), containers, external (your own, at REDIS_URL, MYSQL_URL and AMQP_URL), or auto: local if all are there',
      oneOf(['auto', ...providerNames]),
      'auto',
    )
    .addOption(
      new Option(
        '--image <kind=image>',
        'image for a kind of server in containers, such as redis=valkey/valkey:8; repeatable',
      )
        .argParser(imageOption)
        .default(undefined, 'official images'),
    )
    .option('--sentinel', 'Redis in containers as a master and a replica, behind a Sentinel')
    .option(
      '--key-prefix <prefix>',
      'with --infra external: of all Redis keys, queues and exchanges of the run; none may be there',
      namePrefix,
    )
    .option(
      '--schema <name>',
      'with --infra external: the schema of the run, empty or not there; default: that of MYSQL_URL, or cachestorm',
    )
    .option('--out <dir>', 'directory of the run; default: a new one in cachestorm-runs', directoryPath)
    .option('--force', 'replace an earlier result in the directory, once the servers are up')
    .addOption(
      new Option(
        '--threshold <expression>',
        'a limit beside the scenario’s own that fails the run when it is broken, such as "db.loadsPerExpiry <= 1.2"; repeatable',
      )
        .argParser(thresholds)
        .default([], 'none'),
    )
    .option(
      '--aa',
      'run the baseline against itself too, and print the noise floor: what differs that little is noise',
    )
    .option('--json', 'print the result as JSON on stdout')
    .addOption(
      new Option(
        '--set <path=value>',
        'change a setting of the scenarios, such as origin.queryMs=50; repeatable',
      )
        .argParser(settings)
        .default([], 'none'),
    )
    .addHelpText('after', EXAMPLES)
    .action(execute);
}

async function execute(names: readonly string[], flags: RunFlags): Promise<void> {
  const contests = await loadContests(names, flags);
  const { provider, because } = await providerOf(flags, contests);
  if (!provider.ownsServers) {
    const problems = await foreignServerProblems(contests.map(({ scenario }) => scenario));
    if (problems.length > 0) throw new UsageError(problems);
  }
  await requireRoom(flags, contests, provider.name === 'local');
  const scenarios = contests.map(({ scenario }) => scenario.name);
  using directory = await (flags.out === undefined
    ? RunDirectory.createNew(defaultDirectory(scenarios, systemClock.wallMs()))
    : RunDirectory.create(flags.out, { force: flags.force ?? false }));
  const interrupts = listenForInterrupts(systemClock);
  const progress = openProgress(process.stderr, systemClock);
  try {
    // Loaded where they are needed: wrong usage is told in half the time.
    const { run } = await import('../../run.ts');
    const { result, error } = await run({
      contests,
      directory,
      seed: flags.seed,
      profile: flags.profile,
      provider,
      because,
      ...(flags.rounds === undefined ? {} : { rounds: flags.rounds }),
      command: commandLine(process.argv.slice(2)),
      clock: systemClock,
      signal: interrupts.signal,
      onEvent: (event) => progress.onEvent(event),
    });
    progress.close();
    // Nothing was measured: the error is all there is to say.
    if (error !== null && result.scenarios.every(({ strategies }) => strategies.length === 0)) throw error;
    const lost = await showResult(result, directory, flags);
    const failure = error ?? lost;
    if (interrupts.signal.aborted) process.exitCode = exitCodes.interrupted;
    else if (failure instanceof StorageError) throw await directory.advised(failure);
    else if (failure !== null) throw failure;
    else process.exitCode = exitCodeOf(result.verdict);
  } finally {
    progress.close();
    interrupts.close();
  }
}

/** @throws UsageError */
async function requireRoom(
  { seed, profile, rounds }: RunFlags,
  contests: readonly Contest[],
  serversHere: boolean,
): Promise<void> {
  const chosen = { infra: 'local', seed, profile, ...(rounds === undefined ? {} : { rounds }) };
  const problems = roomProblems(expandPlan(contests, chosen), await readRoom(serversHere));
  if (problems.length > 0) throw new UsageError(problems);
}

async function providerOf(
  { infra, image, sentinel, keyPrefix, schema, seed, profile }: RunFlags,
  contests: readonly Contest[],
): Promise<ProviderChoice> {
  const mayBeContainers = infra === 'containers' || infra === 'auto';
  const ineffective = [
    ...(image !== undefined && !mayBeContainers ? ['--image'] : []),
    ...(sentinel !== undefined && !mayBeContainers ? ['--sentinel'] : []),
    ...(keyPrefix !== undefined && infra !== 'external' ? ['--key-prefix'] : []),
    ...(schema !== undefined && infra !== 'external' ? ['--schema'] : []),
  ];
  if (ineffective.length > 0) {
    throw new UsageError(ineffective.map((path) => ({ path, message: `no effect with --infra ${infra}` })));
  }
  const needed = neededServers(expandPlan(contests, { infra, seed, profile }));
  const wish = {
    ...(image === undefined ? {} : { images: image }),
    ...(sentinel === undefined ? {} : { sentinel }),
  };
  switch (infra) {
    case 'auto':
      return chooseProvider(needed, wish);
    case 'containers':
      return { provider: containersProvider(wish), because: null };
    case 'external':
      return { provider: externalProvider({ env: process.env, needed, keyPrefix, schema }), because: null };
    case 'local':
      return { provider: localProvider, because: null };
  }
}

async function loadContests(
  names: readonly string[],
  { strategy, variants, set, threshold, profile, aa = false }: RunFlags,
): Promise<Contest[]> {
  const extent = profile === 'smoke' ? 'core' : 'all';
  const chosen = strategy ?? [extent];
  const references = names.length > 0 ? names : builtInScenarios().map(({ name }) => name);
  const contests: Contest[] = [];
  const problems: Problem[] = [];
  for (const reference of references) {
    try {
      for (const each of await withVariants(reference, variants ?? extent)) {
        contests.push(await loadContest(each, set, chosen, { thresholds: threshold, aa, profile }));
      }
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(...error.problems);
    }
  }
  for (const [index, { scenario }] of contests.entries()) {
    if (contests.findIndex((other) => other.scenario.name === scenario.name) === index) continue;
    problems.push({ path: 'scenario', message: `"${scenario.name}" is named more than once` });
  }
  if (problems.length > 0) throw new UsageError(problems);
  definitionsOf(contests);
  return contests;
}
