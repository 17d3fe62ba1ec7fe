import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { UsageError } from '../catalog/errors.ts';
import { doctorCommand } from './commands/doctor.ts';
import { listCommand } from './commands/list.ts';
import { loadCommand } from './commands/load.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { selfcheckCommand } from './commands/selfcheck.ts';
import { exitCodeOfError, exitCodes } from './exit-codes.ts';
import { failureText } from './failure-text.ts';
import { forTerminal } from './for-terminal.ts';

/** Runs the command that `args` say, sets the exit code of the process, and prints what went wrong. */
export async function runProgram(args: readonly string[]): Promise<void> {
  const program = new Command('cachestorm')
    .description('Storm the cache in front of a database, and see what protects it.')
    .version(manifest.version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'show what a command does and takes')
    .addHelpText('after', exitCodesHelp())
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(forTerminal(text)) });

  const commands = [
    ...[listCommand(), runCommand(), reportCommand()],
    ...[loadCommand(), selfcheckCommand(), doctorCommand()],
  ];
  for (const command of commands) {
    program.addCommand(command.exitOverride().copyInheritedSettings(program));
  }
  try {
    requireWorkingDirectory();
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** @throws UsageError when it was removed: no relative path leads anywhere, and asking for it throws wherever that is done */
function requireWorkingDirectory(): void {
  try {
    process.cwd();
  } catch {
    const message = 'it is not there any more; go to another one (cd), and start the command again';
    throw new UsageError([{ path: 'the working directory', message }]);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.held : exitCodes.usage;
  process.stderr.write(failureText(error));
  return exitCodeOfError(error);
}

function exitCodesHelp(): string {
  return `
Exit codes:
  0    every bound, outcome and threshold held
  1    a bound, a threshold or a check failed, or a mitigation does not protect
  2    wrong usage, or a wrong scenario or strategy file
  3    the servers could not be started, or were lost, or the disk was full or gone
  4    inconclusive: the measurement can't be trusted
  70   a bug in cachestorm, which says so and where
  130  interrupted: all undone, partial results kept`;
}
