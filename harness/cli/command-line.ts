import { forPeople } from '../../infra/external/credentials.ts';

/** Returns the command as a shell takes it, to be shown and run again, without the credentials in it. */
export function commandLine(args: readonly string[]): string {
  return ['cachestorm', ...args.map((argument) => quoted(forPeople(argument)))].join(' ');
}

function quoted(argument: string): string {
  return /^[\w%+=:,./@-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
