import { faultNames } from '../faults/fault.ts';
import { ownErrorsOf } from '../load/own-errors.ts';
import type { PlannedScenario } from '../plan/plan.ts';
import type { RelaysSample } from '../record/relay-sample.ts';
import type { TrialSample } from '../record/sample.ts';
import { agreeing } from '../result/agreement.ts';
import type { Warning } from '../result/schema.ts';
import type { Scenario } from '../scenario/schema.ts';
import { databaseErrors } from './database-errors.ts';
import { keptSchedule } from './schedule.ts';
import { sum } from './statistics/summary.ts';
import type { TrialReading } from './trial.ts';
import { type WarningCode, warn } from './warning-catalogue.ts';

/** Finds what is doubtful about one trial. */
export function trialWarnings(reading: TrialReading, { scenario }: PlannedScenario): Warning[] {
  const { sample, values, expiries } = reading;
  const { strategy, round } = sample.trial;
  const found: Warning[] = [];
  const add = (code: WarningCode, message: string) => found.push(warn(code, message, { strategy, round }));

  const reads = values['db.reads'];
  const writes = values['db.writes'];
  if (reads !== reading.serviceReads || writes !== reading.serviceWrites) {
    add(
      'truth-disagrees',
      `the database counted ${reads} reads and ${writes} writes, the service ${reading.serviceReads} and ${reading.serviceWrites}`,
    );
  }
  const failures = databaseErrors(sample, scenario);
  if (failures !== null) add('database-errors', failures);
  const { lost } = sample.load.counts;
  // A closed load ends with each connection's last request on its way: lost by design, and said there.
  if (lost > 0 && scenario.load.model === 'open')
    add('requests-lost', `${lost} ${agreeing(lost, 'request was', 'requests were')} sent and never settled`);
  // Not the send lag: that grows with a slow service too, when it holds all connections.
  const lagMs = values['generator.pacerLagMs.p99'] ?? 0;
  const limitMs = scenario.origin.queryMs / 2;
  if (lagMs > limitMs) {
    add(
      'generator-late',
      `1 in 100 requests left ${lagMs.toFixed(0)} ms or more after its time; more than half a query (${limitMs} ms) hides the effect`,
    );
  }
  const own = ownErrorsOf(sample.load.errors);
  if (own !== null) {
    add(
      'generator-exhausted',
      `${own.count} ${agreeing(own.count, 'request was', 'requests were')} never sent (${own.code}): ${own.mend}`,
    );
  }
  const { warmUp } = sample;
  if (warmUp?.steady === false) {
    const completed = sum(warmUp.windows.map((window) => window.completed));
    add(
      'warm-up-unsteady',
      `throughput or response time was not steady after ${(warmUp.tookMs / 1000).toFixed(1)} s of warm-up and ${completed} completed requests`,
    );
  }
  const kept = keptSchedule(sample.load);
  if (kept !== null && kept.late > kept.allowed) {
    add(
      'rate-missed',
      `${kept.late} of ${kept.offered} requests left after the storm: the generator kept ${percent(1 - kept.late / kept.offered)} of the planned rate`,
    );
  }
  for (const { name, barrier } of missingFaults(sample, scenario)) {
    const where = barrier === null ? '' : `: no service process came to ${barrier} from its time on`;
    add('fault-missing', `the fault ${name} did not happen${where}`);
  }
  const { abandonedLoads = 0 } = sample;
  if (abandonedLoads > 0) {
    add(
      'queue-dropped',
      `${abandonedLoads} ${agreeing(abandonedLoads, 'load')} that nobody waited for any more ${agreeing(abandonedLoads, 'was', 'were')} still queued ${scenario.drainMs / 1000} s after the storm, and ${agreeing(abandonedLoads, 'was', 'were')} dropped`,
    );
  }
  if (sample.relays?.idle === false) {
    add(
      'relays-behind',
      `its relays had work left when the rows were looked at, of which nothing had moved for 15 s${lastErrorOf(sample.relays)}`,
    );
  }
  if (sample.commitsLost !== undefined)
    add('commits-lost', `what was committed during the storm is not known: ${sample.commitsLost}`);
  const looks = (sample.audits ?? []).flatMap(({ reads: found }) => found);
  const unanswered = looks.filter(({ writeId }) => writeId === null).length;
  if (unanswered > 0)
    add('rows-not-seen', `${unanswered} of ${looks.length} looks at rows after the storm were not answered`);
  if (expiries?.length === 0) add('no-expiry', 'the hot key did not expire during the storm');
  if (reading.backgroundErrors > 0) {
    add(
      'background-errors',
      `${reading.backgroundErrors} ${agreeing(reading.backgroundErrors, 'piece')} of work failed after ${agreeing(reading.backgroundErrors, 'its', 'their')} request was answered`,
    );
  }
  const takeovers = (sample.after.redisTakeovers ?? 0) - (sample.before.redisTakeovers ?? 0);
  if (takeovers > 0)
    add('cache-taken-over', `another Redis became the master ${times(takeovers)} while counters were read`);
  const grown = (counter: 'redisEvicted' | 'redisRefused') =>
    (sample.after[counter] ?? 0) - (sample.before[counter] ?? 0);
  const [evicted, refused] = [grown('redisEvicted'), grown('redisRefused')];
  if (scenario.cache.roomBytes === null && evicted + refused > 0) {
    add(
      'cache-evicted',
      `Redis reached its own maxmemory: it evicted ${evicted} entries for it, and refused ${refused} writes`,
    );
  }
  const gone = values['mq.lost'] ?? 0;
  if (gone > 0 && scenario.faults.length === 0) {
    add(
      'messages-lost',
      `${gone} of ${values['mq.confirmed']} messages that the broker had confirmed never came to a consumer`,
    );
  }
  if (sample.voided.length > 0) {
    add('trial-repeated', `the first try was void and is not counted: ${sample.voided.join('; ')}`);
  }
  return found;
}

function lastErrorOf({ processes }: RelaysSample): string {
  const [error] = processes.flatMap(({ after }) => after.lastError ?? []);
  return error === undefined ? '' : `; the last error of one: ${error}`;
}

/** Faults that were due within the storm. */
function missingFaults({ faults = [], load, relays }: TrialSample, scenario: Scenario) {
  const names = faultNames(scenario.faults);
  return scenario.faults.flatMap((fault, index) => {
    const name = names[index] ?? fault.kind;
    if (fault.atMs >= load.durationMs || faults.some((record) => record.name === name)) return [];
    if (fault.kind !== 'kill') return [{ name, barrier: null }];
    // There was nobody to kill.
    return fault.target === 'relay' && relays === undefined ? [] : [{ name, barrier: fault.barrier }];
  });
}

/** Warns of others who use the same Redis, once a scenario: it is the same for all its trials. */
export function sharingWarnings(samples: readonly TrialSample[]): Warning[] {
  const others = Math.max(0, ...samples.map(({ otherRedisClients = 0 }) => otherRedisClients));
  if (others === 0) return [];
  const clients = `${others} other ${agreeing(others, 'client')}`;
  return [warn('cache-shared', `${clients} used the same Redis, whose counters tell nobody apart`)];
}

export function roundWarnings(rounds: number): Warning[] {
  return rounds < 3
    ? [
        warn(
          'few-rounds',
          `${rounds} ${agreeing(rounds, 'round')}: the spread between rounds is hardly known`,
        ),
      ]
    : [];
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
