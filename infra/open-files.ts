import type { Finding, Needs } from './backend.ts';

/** What a database has open beside its connections: its tables, logs and temporary files. */
const DATABASE_FILES = 1_000;

/** Returns the hard limit of open files of one process (`ulimit -Hn`); `null` where there is none. Node and servers raise their own to it. */
export function hardFileLimit(): number | null {
  const { report } = process;
  // Names of hosts would be looked up for it.
  Object.assign(report, { excludeNetwork: true });
  const { userLimits } = report.getReport() as {
    readonly userLimits?: { readonly open_files?: { readonly hard: number | 'unlimited' } };
  };
  const hard = userLimits?.open_files?.hard;
  return typeof hard === 'number' ? hard : null;
}

/** Returns whether a database of ours may open what a run needs: it would take fewer connections, and say so in its log only. */
export function databaseFileFindings(
  { connections: { database } }: Pick<Needs, 'connections'>,
  allowed: number | null,
): Finding[] {
  const needed = database + DATABASE_FILES;
  if (allowed === null || needed <= allowed) return [];
  return [
    {
      server: 'the local database',
      what: 'open files',
      expected: `${needed}, for ${database} connections`,
      got: `${allowed} (ulimit -Hn)`,
      mend: 'Raise that limit, or lower origin.poolSize, service.instances or the number of relays.',
    },
  ];
}
