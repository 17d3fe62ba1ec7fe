import { randomBytes } from 'node:crypto';
import { Command, Option } from 'commander';
import { hardFileLimit } from '../../../infra/open-files.ts';
import { startStack } from '../../../infra/stack.ts';
import { UsageError } from '../../catalog/errors.ts';
import { firstOf } from '../../failure/first-of.ts';
import { startGenerator } from '../../load/generator.ts';
import { warmUpGenerator } from '../../load/generator-warm-up.ts';
import { openFilesProblems } from '../../plan/room.ts';
import { systemClock } from '../../time/clock.ts';
import { duration, formatDuration } from '../duration.ts';
import { exitCodes } from '../exit-codes.ts';
import { writeLine } from '../for-terminal.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { formatKeys, keyPopularity } from '../load/keys-option.ts';
import { openLiveLine } from '../load/live-line.ts';
import { DEFAULT_CONNECTIONS, DEFAULT_KEYS, type LoadFlags, loadPlan } from '../load/load-plan.ts';
import { outcomeOf } from '../load/outcome.ts';
import { reach } from '../load/reach.ts';
import { summarise } from '../load/summary.ts';
import { summaryText } from '../load/summary-text.ts';
import { type TargetUrl, targetUrl } from '../load/target-url.ts';
import { oneOf, positiveNumber, wholeNumber } from '../options.ts';
import { writeMishap } from '../progress.ts';

const MAX_DURATION_MS = 24 * 3_600_000;
const MAX_RATE_PER_SEC = 100_000;

const DETAILS = `
Response times count from when a request should have left, so that a stall shows in every request it delays.
Answers of every status are counted and reported; those below 500 are completed. Redirects are not followed.
Certificates of https:// are checked, but not with --closed.
A connection is made only when none is free, up to --connections. With --no-keep-alive each serves one request:
up to --connections at once, and its setup is part of the service time.

Keys, in place of each {item} in the URL:
  hot                 item-0, always
  uniform:<count>     item-0 to item-<count - 1>, each as likely as any other
  zipf:<exp>:<count>  a few keys are asked for most; any exponent above 0
  scan:<count>        one after the other, again and again
  missing[:<count>]   keys that exist nowhere: ever new ones, or a set of <count>

Exit codes:
  0    the load was carried out, whatever the answers were
  2    wrong usage
  3    no request was answered
  4    the generator itself was late (--max-lag), or out of ports, files or memory: the figures can't be trusted
  130  interrupted: what was measured until then is printed

Examples:
  cachestorm load http://127.0.0.1:3000/items/{item} --rate 2000 --keys zipf:1.1:10000
  cachestorm load http://localhost:3000/health --rate 500 --arrivals poisson --duration 1m
  cachestorm load http://127.0.0.1:3000/items/{item} --rate 100 --keys missing --json
  cachestorm load http://127.0.0.1:3000/ --closed --connections 16     # the throughput at saturation`;

export function loadCommand(): Command {
  return new Command('load')
    .description('storm a URL with an open load, and show the whole spectrum of its latencies')
    .argument('<url>', 'http:// or https:// on this machine; {item} is replaced by the key', targetUrl)
    .option('--rate <n>', 'requests per second', positiveNumber(MAX_RATE_PER_SEC))
    .addOption(
      new Option('--duration <time>', 'how long to send, such as 500ms, 10s or 2m')
        .argParser(duration(1, MAX_DURATION_MS))
        .default(10_000, '10s'),
    )
    .option(
      '--arrivals <kind>',
      'constant (evenly spaced, the default) or poisson (independent of each other)',
      oneOf(['constant', 'poisson']),
    )
    .option('--connections <n>', `at most; default: ${DEFAULT_CONNECTIONS}`, wholeNumber(1, 10_000))
    .option('--no-keep-alive', 'a new connection for every request, with Connection: close')
    .addOption(
      new Option('--timeout <time>', 'of one request, from its intended send time')
        .argParser(duration(1, 60_000))
        .default(5_000, '5s'),
    )
    .option('--keys <keys>', `which keys to ask for; default: ${formatKeys(DEFAULT_KEYS)}`, keyPopularity)
    .option('--closed', 'instead: each of --connections sends as soon as it is answered (autocannon)')
    .addOption(
      new Option(
        '--max-lag <time>',
        'what the generator’s own lag may be, or add to a response time, up to the 99th percentile',
      )
        .argParser(duration(0.001, 60_000))
        .default(10, '10ms'),
    )
    .option('--seed <n>', 'of arrivals and keys', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--allow-remote', 'send load to another machine; only do so to one that is yours')
    .option('--json', 'print the result as JSON on stdout')
    .addHelpText('after', DETAILS)
    .action(execute);
}

/**
 * 1. Look whether anything listens.
 * 2. Under a guardian, let a generator process warm up on a server of ours, then send the load; a line says how it stands.
 * 3. Print what it measured, also after an interrupt; then judge whether that can be trusted.
 */
async function execute(target: TargetUrl, flags: LoadFlags): Promise<void> {
  const live = openLiveLine(process.stderr, systemClock, flags.duration);
  const plan = loadPlan(target, flags, live.everyMs);
  const problems = openFilesProblems('--connections', plan.maxConnections, hardFileLimit());
  if (problems.length > 0) throw new UsageError(problems);
  const interrupts = listenForInterrupts(systemClock);
  const { signal } = interrupts;
  const drainMs = formatDuration(plan.timeoutMs);
  signal.addEventListener('abort', () =>
    live.note(`interrupted: waiting up to ${drainMs} for the answers on their way; once more leaves at once`),
  );
  try {
    await reach(target, plan.timeoutMs, signal);
    // A generator ends when the channel to this process closes; the guardian ends one that stands still, too.
    const runId = `load-${randomBytes(4).toString('hex')}`;
    await using stack = await startStack({ runId, signal, backends: [], onEvent: writeMishap });
    await using generator = await startGenerator({
      env: { ...process.env, ...stack.marker },
      onProcess: (group) => stack.guardian.watch(group),
      signal,
    });
    if (plan.load.model === 'open') await warmUpGenerator(generator, plan, signal);
    const report = await generator.run(plan, signal, live.onStarted, live.onProgress);
    live.close();
    const summary = summarise(target, plan, report, signal.aborted);
    process.stdout.write(flags.json ? `${JSON.stringify(summary, null, 2)}\n` : summaryText(summary));
    const { exitCode, message } = outcomeOf(summary, flags.maxLag);
    if (message !== null) writeLine(process.stderr, message);
    process.exitCode = exitCode;
  } catch (error) {
    if (!signal.aborted || firstOf(error) !== signal.reason) throw error;
    writeLine(process.stderr, 'interrupted: nothing was sent yet');
    process.exitCode = exitCodes.interrupted;
  } finally {
    live.close();
    interrupts.close();
  }
}
