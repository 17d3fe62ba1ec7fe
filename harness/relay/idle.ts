import { comparePositions, type LogPosition } from '../change-log/log-position.ts';
import type { RelayInstance } from './instance.ts';
import type { RelayBacklog, RelayReport } from './protocol.ts';

/** One look at all relays of a trial. */
export interface RelayLook {
  readonly reports: readonly RelayReport[];
  readonly backlogs: readonly RelayBacklog[];
}

/** Backlogs first: what leaves a backlog afterwards shows in the counts, and not the other way round. */
export async function lookAt(
  relays: readonly Pick<RelayInstance, 'report' | 'backlog'>[],
): Promise<RelayLook> {
  const backlogs = await Promise.all(relays.map((relay) => relay.backlog()));
  const reports = await Promise.all(relays.map((relay) => relay.report()));
  return { backlogs, reports };
}

/**
 * Whether all that was written before has been carried on: queues and outbox are empty and nobody has anything in
 * hand, twice in a row with nothing moving in between, as a change may just then be on its way from one relay to
 * another; and the binary log is followed beyond `until`.
 */
export function isIdle(before: RelayLook, now: RelayLook, until: LogPosition): boolean {
  return [before, now].every((look) => isEmpty(look, until)) && moved(before) === moved(now);
}

function isEmpty({ reports, backlogs }: RelayLook, until: LogPosition): boolean {
  return (
    backlogs.every(({ queue, outbox, own }) => queue === 0 && outbox === false && own === 0) &&
    reports.every(({ queue, log, dbInFlight }) => {
      const followed =
        log === undefined || (log.position !== null && comparePositions(log.position, until) >= 0);
      return followed && (log?.waiting ?? 0) === 0 && (queue?.inHand ?? 0) === 0 && dbInFlight === 0;
    })
  );
}

/** Grows with everything that happens to a change. Polling an empty outbox is nothing. */
function moved({ reports }: RelayLook): number {
  return reports.reduce(
    (sum, { applied, dbWrites, queue }) =>
      sum + applied + dbWrites + (queue?.published ?? 0) + (queue?.delivered ?? 0),
    0,
  );
}
