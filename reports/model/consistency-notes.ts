/** The words for what a history shows, and for relays and queues; a part of metric-notes.ts. */
import type { MetricNotes } from './note.ts';

const KEYS =
  'Over all keys, from the history of every operation and the order in which the database committed';

/** In reading order. */
export const CONSISTENCY_NOTES: Readonly<Record<string, MetricNotes>> = {
  'staleness.readRate': {
    label: 'Stale reads',
    measured:
      'The share of reads that were answered with an older version of a row than one acknowledged to its writer before the read was sent. All on the load generator’s own clock.',
    head: ['stale', 'reads'],
  },
  'staleness.maxMs': {
    label: 'Stalest read',
    measured:
      'How long the value of the stalest read had been replaced, at least: from the answer of the write that replaced it to the sending of the read. 0 when no read was stale.',
    head: ['stalest'],
  },
  'staleness.*': {
    label: 'Staleness',
    measured:
      'How long the values of the stale reads had been replaced, at least; percentiles over the stale reads alone. 0 when no read was stale.',
    head: ['stale'],
  },
  'staleness.kMax': {
    label: 'Most versions behind',
    measured:
      'Of the read that was farthest behind: how many newer versions of its row had been acknowledged before it was sent. 0 when no read was stale.',
    head: ['versions', 'behind'],
  },
  'consistency.divergentKeys': {
    label: 'Divergent keys',
    measured:
      'Keys whose cache entry was not what the database held when all was quiet after the storm, looked at twice: older, or never committed. A key without an entry is fine.',
    head: ['divergent', 'keys'],
  },
  'consistency.lostUpdates': {
    label: 'Lost updates',
    measured:
      'Writes that were acknowledged to their writer and that the database never committed, by its binary log.',
    head: ['lost', 'updates'],
  },
  'consistency.missingVersions': {
    label: 'Missing versions',
    measured:
      'By how much the versions of rows rose less than writes of them were acknowledged: of two writes that were both acknowledged, one raised no version of its own.',
    head: ['missing', 'versions'],
  },
  'consistency.versionsNotRaised': {
    label: 'Versions not raised',
    measured:
      'Commits, in the order of the binary log, after which the version of a row was no higher than before: a reader can’t tell by the version which of the two is newer.',
    head: ['not', 'raised'],
  },
  'consistency.repeatedCommits': {
    label: 'Writes committed again',
    measured:
      'Commits of a write that the database had committed before: a message that was applied twice, or a client or relay that tried again.',
    head: ['committed', 'again'],
  },
  'consistency.unknownCommits': {
    label: 'Commits of nobody',
    measured:
      'Commits of rows that the storm asked for, whose value is that of no write which the load generator sent: somebody else writes to the table, or the strategy changes values.',
    head: ['commits', 'of nobody'],
  },
  'consistency.misplacedWrites': {
    label: 'Writes out of order',
    measured:
      'Writes that the database committed before something that a client had already been shown or acknowledged when they were sent: the later write lost to the earlier one.',
    head: ['writes out', 'of order'],
  },
  'consistency.dirtyReads': {
    label: 'Dirty reads',
    measured:
      'Reads that returned a value which the database never committed as this row’s: of a write that was rolled back, refused or lost, or of another row.',
    head: ['dirty', 'reads'],
  },
  'consistency.falselyAbsent': {
    label: 'Rows said to be missing',
    measured:
      'Reads that were told that there is no such row, though there was one at all times since before the read was sent.',
    head: ['said to', 'be missing'],
  },
  'consistency.wrongVersion': {
    label: 'Wrong version named',
    measured:
      'Reads whose answer named another version (header x-version) than the one that its value was committed with.',
    head: ['wrong', 'version'],
  },
  'consistency.nonLinearizable': {
    label: 'Reads out of order',
    measured: `${KEYS}: reads that no single copy of the row could have answered (not linearizable): older than what a write or a read before them had shown, or newer than anything sent.`,
    head: ['out of', 'order'],
  },
  'consistency.monotonicViolations': {
    label: 'Reads that went back',
    measured:
      'Reads that returned an older version of a row than the same client had read before (monotonic reads).',
    head: ['went', 'back'],
  },
  'consistency.readYourWritesViolations': {
    label: 'Own writes not seen',
    measured:
      'Reads that returned an older version of a row than the same client had itself been acknowledged (read your writes).',
    head: ['own writes', 'unseen'],
  },
  'consistency.gammaMs': {
    label: 'Gamma',
    measured:
      'Over all keys, from the history of every operation, without the order of the commits: by how much sending and answers would have to be moved apart for a single copy of the row to explain them; the worst pair of versions (Golab and others, PODC 2011 and ICDCS 2014). 0: clients can’t tell the cache from a single copy. Of writes at the same time either may have been the last, so it stays 0 where a cache keeps the other one than the database, and all reads come from there: those are stale all the same.',
    head: ['gamma'],
  },
  'consistency.convergeMs': {
    label: 'Time to be in step',
    measured:
      'From the end of the last fault, or from the last write where nothing was broken, until every entry in the cache was what the database held, and stayed so. “never”: not by the last look at the cache. Its number is then the time until that look: it breaks every upper limit, and holds a lower one only as far as it was seen.',
    head: ['in step', 'after'],
  },
  'consistency.stuck': {
    label: 'Never in step',
    measured:
      '100 % where some entry was still wrong at the last look at the cache; the time to be in step is then only the time until that look, so hold this to 0 beside a limit on that.',
    head: ['never', 'in step'],
  },
  'relay.lagMs.*': {
    label: 'Relay lag',
    measured:
      'From the moment before a change was sent to whoever kept it first until a relay had applied it; percentiles over the changes. All on the clock of one machine.',
    head: ['relay lag'],
  },
  'relay.lagGrowthMsPerSec': {
    label: 'Relay lag gained per second',
    measured:
      'How fast a relay falls behind: by how many ms its lag grows in each second of the storm. 0: it keeps up. 100: it manages nine changes of ten, and is a second behind after ten. The slope of the largest lag of every 100 ms over the time of applying (Theil and Sen), so that a pause is no trend.',
    head: ['lag gained', 'a second,'],
  },
  'relay.applied': {
    label: 'Changes applied',
    measured: 'Changes that the relays carried to where they were meant to go, one that came again included.',
    head: ['applied'],
  },
  'mq.published': {
    label: 'Messages published',
    measured: 'Messages that were handed to the broker, by the count of who sent them.',
    head: ['published'],
  },
  'mq.confirmed': {
    label: 'Messages confirmed',
    measured: 'Messages of which the broker said that it had taken them in and routed them to a queue.',
    head: ['confirmed'],
  },
  'mq.delivered': {
    label: 'Messages delivered',
    measured: 'Messages that consumers were handed, each time that they were.',
    head: ['delivered'],
  },
  'mq.lost': {
    label: 'Messages lost',
    measured:
      'Messages that the broker had confirmed and that no consumer acknowledged, after the queues had been drained to the last; at least, since one that came twice hides one that was lost.',
    head: ['messages', 'lost'],
  },
  'mq.duplicated': {
    label: 'Deliveries repeated',
    measured:
      'Deliveries of a message that a consumer had been handed before; at least. What the broker had sent to a consumer that ended before it read it is none, though it carries the broker’s mark.',
    head: ['deliveries', 'repeated'],
  },
  'mq.reordered': {
    label: 'Messages out of order',
    measured: 'Messages of a key that were handed out after a newer one of the same key.',
    head: ['messages', 'reordered'],
  },
};
