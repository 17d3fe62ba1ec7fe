import type { Warning } from '../result/schema.ts';

/**
 * Everything that can make a number doubtful. Each has one remedy, and says whether it takes the verdict away
 * (`voids`) and whether a second try of the trial may do better (`repeat`).
 */
const catalogue = {
  'truth-disagrees': {
    voids: true,
    repeat: true,
    remedy:
      'Look for something else that uses this database user, or for lost connections in the service; then run again.',
  },
  // What is too small stays so in a second try.
  'database-errors': {
    voids: true,
    repeat: false,
    remedy:
      'Raise the limit that is named, or lower origin.poolSize, service.instances or dataset.valueBytes; for other errors see the log of the database. What failed was not the strategy’s doing.',
  },
  'requests-lost': {
    voids: true,
    repeat: true,
    remedy: 'This is a fault of the load generator: report it with the run directory.',
  },
  'generator-late': {
    voids: true,
    repeat: true,
    remedy: 'Lower load.ratePerSec, end what else runs on this machine, or use one with more cores.',
  },
  // Less than half a query, so counts of loads stand; but cached answers are faster than that.
  'latency-doubtful': {
    voids: false,
    repeat: false,
    remedy:
      'Take these response times for a range, compare counts and not these; end what else runs on this machine, or use one with more cores.',
  },
  // A limit of the machine, which a second try would meet again.
  'generator-exhausted': {
    voids: true,
    repeat: false,
    remedy:
      'Raise the limit that the error names, or lower load.ratePerSec or maxConnections; the service was not asked.',
  },
  // The generator's own fault, which a second try may not repeat.
  'rate-missed': {
    voids: true,
    repeat: true,
    remedy: 'Lower load.ratePerSec, end what else runs on this machine, or use one with more cores.',
  },
  // Another storm than the scenario's. A strategy that never comes to the barrier does so in no second try.
  'fault-missing': {
    voids: true,
    repeat: false,
    remedy:
      'Lengthen the storm after the fault’s atMs, or name a barrier that this strategy comes to; leave the strategy out if it has none.',
  },
  // What was wrong then might have been mended by what was still to come.
  'relays-behind': {
    voids: true,
    repeat: false,
    remedy: 'See lastError of the relays in the sample; lower the rate of the writes if they only are slow.',
  },
  'rows-not-seen': {
    voids: true,
    repeat: false,
    remedy:
      'Lengthen consistency.quiesceMs, so that the service is itself again when the rows are looked at.',
  },
  // Whoever cuts the log back may not come again so soon.
  'commits-lost': {
    voids: true,
    repeat: true,
    remedy:
      'Have the database keep its binary log for longer than a trial takes (binlog_expire_logs_seconds, expire_logs_days, max_binlog_total_size), and let nothing PURGE or RESET it meanwhile; then run again.',
  },
  // The service's own slowness: what it did to users is measured, from the time at which they came.
  'rate-held-back': {
    voids: false,
    repeat: false,
    remedy:
      'Raise maxConnections until it no longer matters, or lower the rate; until then the service is asked less than the load says.',
  },
  // As before, while everything still left within the storm.
  'send-lag': {
    voids: false,
    repeat: false,
    remedy:
      'Raise maxConnections, or take the loads for those of so many readers; the service time has no wait in it.',
  },
  // The machine's: rounds carry it into the intervals, and a second try would meet the same neighbours.
  'cpu-steal': {
    voids: false,
    repeat: false,
    remedy: 'Use a machine of your own, or more rounds; compare only strategies of the same run.',
  },
  // A stall that reached 1 in 100 requests is `generator-late`, which voids.
  'event-loop-stall': {
    voids: false,
    repeat: false,
    remedy:
      'When only one strategy does it, look for work in it that blocks; else end what else runs on this machine.',
  },
  'no-expiry': {
    voids: true,
    repeat: false,
    remedy: 'Lengthen the storm or shorten cache.ttlMs, so that the hot key expires during it.',
  },
  // Loads per expiry are right all the same.
  'storm-cut': {
    voids: false,
    repeat: false,
    remedy:
      'Compare db.loadsPerExpiry and not db.reads, or set stormMs to whole periods of cache.ttlMs and origin.queryMs together.',
  },
  // Not repeated: what is unsteady by nature is so again, and nothing of the warm-up is in the numbers.
  'warm-up-unsteady': {
    voids: false,
    repeat: false,
    remedy:
      'Lengthen the storm, so that its start weighs less. A load above what the service can take never gets steady, and one of a few requests a second can’t be told to be.',
  },
  // Not void: readers had their timeouts by then, and what the database did during the storm is counted.
  'queue-dropped': {
    voids: false,
    repeat: false,
    remedy: 'None needed to see that the service is overloaded; raise drainMs to have every query counted.',
  },
  // Whoever protects against nothing is not shown to protect.
  'storm-did-not-bite': {
    voids: true,
    repeat: false,
    remedy:
      'Raise the load, shorten the time to live, or lengthen the storm, until the baseline misses a criterion; or declare outcome.baseline: competes.',
  },
  // Asked for by name, without it: what was measured stands for itself.
  'baseline-missing': {
    voids: false,
    repeat: false,
    remedy: 'Add it to --strategy to see what the storm does to who is not protected.',
  },
  'background-errors': {
    voids: false,
    repeat: false,
    remedy: 'Look at the strategy’s work after its answers: something in it failed.',
  },
  // It takes the verdict from what compares trials of that metric (noise-floor.ts), and leaves what compares none.
  'aa-differs': {
    voids: false,
    repeat: false,
    remedy:
      'Something favours some trials over others: end what else runs on this machine, add rounds, and run again. One metric in twenty does so by chance.',
  },
  // The comparison is as sure as it says; that it matters is what is doubtful.
  'aa-wider-than-effect': {
    voids: false,
    repeat: false,
    remedy: 'Take the two for alike, or use more --rounds on a quieter machine.',
  },
  // Its counters are the whole server's; the database's are those of the run's own users.
  'cache-shared': {
    voids: false,
    repeat: false,
    remedy:
      'Take hits, misses, memory, evictions and entries of Redis for everybody’s, or use a Redis that nobody else uses meanwhile. What the database counted is the run’s own, and exact.',
  },
  // What is missing is less than two readings' worth, and of Redis alone.
  'cache-taken-over': {
    voids: false,
    repeat: false,
    remedy:
      'None needed where a failover is meant: hits, misses, expiries and evictions lack what the new master counted before it was asked.',
  },
  // The owner's limit; where the scenario sets one, evictions are what it is about.
  'cache-evicted': {
    voids: false,
    repeat: false,
    remedy:
      'Raise maxmemory of that Redis, or take hit rates and loads for those of a cache that is too small for the scenario.',
  },
  // No fault of the scenario explains it, so no strategy is to be judged by it.
  'messages-lost': {
    voids: true,
    repeat: false,
    remedy:
      'Look for a policy of that vhost which drops messages (rabbitmqctl list_policies: message-ttl, max-length, max-length-bytes, expires), and for a restart of the broker meanwhile.',
  },
  'trial-repeated': {
    voids: false,
    repeat: false,
    remedy: 'None needed for this trial; when it happens often, the machine is too busy for this load.',
  },
  'few-rounds': {
    voids: false,
    repeat: false,
    remedy: 'Use --rounds 3 or more, or --profile standard.',
  },
  interrupted: {
    voids: true,
    repeat: false,
    remedy: 'Run again to the end.',
  },
  'round-missing': {
    voids: true,
    repeat: false,
    remedy: 'Run again to the end.',
  },
} as const satisfies Record<string, { voids: boolean; repeat: boolean; remedy: string }>;

export type WarningCode = keyof typeof catalogue;

export function warn(
  code: WarningCode,
  message: string,
  at: { strategy?: string; round?: number } = {},
): Warning {
  const { remedy, voids } = catalogue[code];
  return { code, message, remedy, ...at, ...(voids ? { voids } : {}) };
}

/** Whether a warning takes the verdict away from what it is about. */
export function voids({ code }: Warning): boolean {
  return code in catalogue && catalogue[code as WarningCode].voids;
}

/** Whether what a warning is about may be gone in a second try. */
export function worthRepeating({ code }: Warning): boolean {
  return code in catalogue && catalogue[code as WarningCode].repeat;
}
