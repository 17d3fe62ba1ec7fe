/** Statements of a trial that the database refused, and whose doing that was. */
import type { TrialSample } from '../record/sample.ts';
import { agreeing } from '../result/agreement.ts';
import type { Scenario } from '../scenario/schema.ts';

/** What no fault of a scenario brings about: the set-up has less room than the scenario asks for. */
const OF_THE_SET_UP: Readonly<Record<string, string>> = {
  ER_CON_COUNT_ERROR: 'max_connections',
  ER_TOO_MANY_USER_CONNECTIONS: 'max_user_connections',
  ER_USER_LIMIT_REACHED: 'the limits of its user',
  ER_NET_PACKET_TOO_LARGE: 'max_allowed_packet',
  ER_RECORD_FILE_FULL: 'the disk',
  ER_DISK_FULL: 'the disk',
  EMFILE: 'open files (ulimit -n)',
};
/** Two writers of a row met: that is what a way to write brings about, and what its users would see. */
const OF_THE_STRATEGY = ['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT'];

/**
 * Returns what the database refused during the storm beside what the scenario and the strategy did to it, in words;
 * `null`: nothing.
 */
export function databaseErrors(sample: TrialSample, { faults }: Pick<Scenario, 'faults'>): string | null {
  const broken = faults.some(
    (fault) => fault.kind === 'read-only' || (fault.kind === 'pause' && fault.target === 'database'),
  );
  const own = [...errorsOf(sample)].filter(
    ([code, count]) =>
      count > 0 && !OF_THE_STRATEGY.includes(code) && (!broken || Object.hasOwn(OF_THE_SET_UP, code)),
  );
  if (own.length === 0) return null;
  const total = own.reduce((sum, [, count]) => sum + count, 0);
  const parts = own
    .toSorted(([, a], [, b]) => b - a)
    .map(([code, count]) => `${count} x ${code}${limitOf(code)}`);
  return `the database refused ${total} ${agreeing(total, 'statement or connection', 'statements or connections')}: ${parts.join(', ')}`;
}

function errorsOf({ services, relays }: TrialSample): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { before, after } of [...services, ...(relays?.processes ?? [])]) {
    const [first, last] = [codesOf(before), codesOf(after)];
    for (const [code, count] of Object.entries(last))
      counts.set(code, (counts.get(code) ?? 0) + count - (first[code] ?? 0));
  }
  return counts;
}

type Account = TrialSample['services'][number]['after'];

/** Earlier versions did not tell them apart. */
function codesOf({
  dbErrors,
  dbErrorCodes,
}: Pick<Account, 'dbErrors' | 'dbErrorCodes'>): Readonly<Record<string, number>> {
  return dbErrorCodes ?? { unknown: dbErrors };
}

function limitOf(code: string): string {
  return Object.hasOwn(OF_THE_SET_UP, code) ? ` (${OF_THE_SET_UP[code]})` : '';
}
