import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { startStack } from '../../../infra/stack.ts';
import type { CheckResult, CheckVerdict } from '../../selfcheck/check.ts';
import { checks } from '../../selfcheck/registry.ts';
import { selfcheck } from '../../selfcheck/selfcheck.ts';
import { systemClock } from '../../time/clock.ts';
import { exitCodes } from '../exit-codes.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { severalOf } from '../options.ts';
import { writeMishap } from '../progress.ts';
import { checkLine, headLine, verdictLine } from '../selfcheck-lines.ts';

const EXIT_CODES: Readonly<Record<CheckVerdict, number>> = {
  pass: exitCodes.held,
  fail: exitCodes.failed,
  noisy: exitCodes.inconclusive,
};

const HELP = `
A line a check: what is known, what was read instead, and by how much that is off.
  ✓ within tolerance   ✗ wrong   ? off, on a machine too noisy to tell why (exit code 4)`;

export function selfcheckCommand(): Command {
  return new Command('selfcheck')
    .description('prove the load generator and the counters on this machine, in under a minute')
    .option(
      '--check <names>',
      `only some of the checks: ${checks.map(({ name }) => name).join(', ')}`,
      severalOf(checks.map(({ name }) => name)),
    )
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(execute);
}

interface SelfcheckFlags {
  readonly check?: readonly string[];
  readonly json?: boolean;
}

async function execute({ check: chosen, json = false }: SelfcheckFlags): Promise<void> {
  const interrupts = listenForInterrupts(systemClock);
  const { signal } = interrupts;
  const startedUs = systemClock.nowUs();
  const results: CheckResult[] = [];
  try {
    // No servers yet, for the sake of quiet: a guardian and a marker for the processes of the checks.
    const runId = `selfcheck-${randomBytes(4).toString('hex')}`;
    await using stack = await startStack({ runId, signal, backends: [], onEvent: writeMishap });
    const site = {
      env: { ...process.env, ...stack.marker },
      onProcess: (group: number) => stack.guardian.watch(group),
      signal,
    };
    if (!json) process.stdout.write(`${headLine()}\n`);
    const verdict = await selfcheck({
      checks: checks.filter(({ name }) => chosen?.includes(name) ?? true),
      site,
      clock: systemClock,
      signal,
      onResult(result) {
        results.push(result);
        if (!json) process.stdout.write(`${checkLine(result)}\n`);
      },
    });
    const tookMs = (systemClock.nowUs() - startedUs) / 1e3;
    process.stdout.write(
      json
        ? `${JSON.stringify({ verdict, tookMs, checks: results }, null, 2)}\n`
        : `${verdictLine(verdict, results, { tookMs, inAll: checks.length })}\n`,
    );
    process.exitCode = EXIT_CODES[verdict];
  } catch (error) {
    if (!signal.aborted) throw error;
    process.exitCode = exitCodes.interrupted;
  } finally {
    interrupts.close();
  }
}
