/** What the relays of a trial did, from their own accounts and the database's count of their statements. */
import { LatencyHistogram } from '../record/histogram.ts';
import type { RelaysSample } from '../record/relay-sample.ts';
import type { TrialSample } from '../record/sample.ts';
import type { QueueFindings, RelayFindings } from './consistency-values.ts';
import { lagGrowth } from './lag-growth.ts';
import { sum } from './statistics/summary.ts';

type Counter = 'published' | 'confirmed' | 'delivered' | 'redelivered' | 'acked' | 'inHand';

/** `null` for a strategy without relays. */
export function relayFindings({ relays, services }: TrialSample): RelayFindings | null {
  if (relays === undefined) return null;
  const { processes, statements } = relays;
  const queue = queueFindings(relays, services);
  return {
    lagMs: lagOf(relays),
    lagGrowthMsPerSec: lagGrowth(processes.flatMap(({ lag }) => lag.windows)),
    applied: sum(processes.map(({ before, after }) => after.applied - before.applied)),
    dbReads: statements.after.reads - statements.before.reads,
    dbWrites: statements.after.writes - statements.before.writes,
    ...(queue === null ? {} : { queue }),
  };
}

function lagOf({ processes }: RelaysSample): RelayFindings['lagMs'] {
  using all = new LatencyHistogram();
  for (const { lag } of processes) {
    using one = LatencyHistogram.decode(lag.histogram);
    all.merge(one);
  }
  const [p50Us, p99Us] = [all.percentile(50), all.percentile(99)];
  return p50Us === null || p99Us === null ? null : { p50: p50Us / 1e3, p99: p99Us / 1e3 };
}

/** Publishers are services, and relays that pass changes on; `null` where nobody has a queue. */
function queueFindings(
  { processes, idle, overtaken }: RelaysSample,
  services: TrialSample['services'],
): QueueFindings | null {
  const accounts = [...services, ...processes].filter(({ after }) => after.queue !== undefined);
  if (accounts.length === 0) return null;
  const grown = (counter: Counter) =>
    sum(accounts.map(({ before, after }) => (after.queue?.[counter] ?? 0) - (before.queue?.[counter] ?? 0)));
  const [published, confirmed, delivered] = [grown('published'), grown('confirmed'), grown('delivered')];
  // Each that a consumer had and did not acknowledge comes again; so does one whose acknowledgement was lost, by which
  // there are more deliveries than messages. The mark alone is on those, too, that the broker had sent to a consumer
  // that ended before it read them, and after a restart on all that were left.
  const again = Math.max(delivered - grown('acked') - grown('inHand'), delivered - published);
  return {
    published,
    confirmed,
    delivered,
    // A message is out of the queue once it is acknowledged; before all are, nobody knows. A duplicate hides a loss.
    lost: idle ? Math.max(0, confirmed - grown('acked')) : null,
    duplicated: Math.max(0, Math.min(again, grown('redelivered'))),
    // By what became of the changes, whichever consumer it was: messages in hand side by side have no order of their own.
    reordered: overtaken ?? null,
  };
}
