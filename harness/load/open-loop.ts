import type { Clock } from '../time/clock.ts';
import { deriveSeed, seededRandom } from '../time/random.ts';
import { Fifo, Flight } from './flight.ts';
import { itemPath } from './item-path.ts';
import { type KeySource, keySource } from './keys.ts';
import { tellProgress } from './load-progress.ts';
import { LoadRecorder } from './load-recorder.ts';
import { LoopWatch } from './loop-watch.ts';
import { OperationLog } from './operation-log.ts';
import { arrivals, phasedArrivals } from './pacer.ts';
import type { GeneratorPlan, GeneratorReport, LoadProgress, OpenLoad } from './protocol.ts';
import { type StreamSource, streamSource } from './streams.ts';
import { type FlightEvents, Target } from './target.ts';

export interface OpenPlan extends GeneratorPlan {
  readonly load: OpenLoad;
}

/** What a load needs from its surroundings. */
export interface LoadContext {
  readonly clock: Clock;
  /** Aborted: no more requests are offered; those on their way are waited for and counted. */
  readonly signal: AbortSignal;
  /** Called once with the storm's start, in microseconds of the clock. */
  readonly onStarted: (startedAtUs: number) => void;
  /** Called every `progressEveryMs` of the plan. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** Timers are no finer; each tick sends all that has fallen due, so a late one delays but never drops. */
const TICK_MS = 1;

/**
 * Sends requests on a schedule, whether or not earlier ones were answered, and counts response time from the
 * *intended* send time: a stalled service delays the sends behind it, and their users waited all the same
 * (Gil Tene's "coordinated omission").
 *
 * 1. Every tick: send what is due, target after target; then settle what is past its deadline as a timeout.
 * 2. After the last arrival: tick on until everything is settled, `timeoutMs` at most.
 * 3. Close the connections, report.
 */
export async function runOpenLoop(plan: OpenPlan, context: LoadContext): Promise<GeneratorReport> {
  using recorder = new LoadRecorder(plan);
  using _progress = tellProgress(plan.progressEveryMs, recorder, context);
  const startedAtUs = context.clock.nowUs();
  using log = plan.history === undefined ? null : new OperationLog(plan.history, startedAtUs);
  const storm = new OpenStorm(plan, context, recorder, { startedAtUs, log });
  return await storm.run();
}

interface StormStart {
  readonly startedAtUs: number;
  /** `null`: no history is kept. */
  readonly log: OperationLog | null;
}

class OpenStorm implements FlightEvents {
  readonly #plan: OpenPlan;
  readonly #context: LoadContext;
  readonly #recorder: LoadRecorder;
  readonly #log: OperationLog | null;
  readonly #targets: readonly Target[];
  readonly #nextArrival: () => number;
  readonly #nextKey: KeySource;
  readonly #streams: StreamSource | null;
  readonly #pathOf: (key: string) => string;
  /** All flights by deadline, which is the order of arrival: the timeout is the same for all. */
  readonly #byDeadline = new Fifo<{ readonly flight: Flight; readonly target: Target }>();
  readonly #startedAtUs: number;
  readonly #watch: LoopWatch;
  #dueUs: number;
  #turn = 0;
  #unsettled = 0;
  #offeredUntilUs: number;
  #lastSettledUs = 0;

  constructor(
    plan: OpenPlan,
    context: LoadContext,
    recorder: LoadRecorder,
    { startedAtUs, log }: StormStart,
  ) {
    const { load, durationMs, seed, rankSeed = seed } = plan;
    this.#plan = plan;
    this.#context = context;
    this.#recorder = recorder;
    this.#log = log;
    const identified = log !== null;
    this.#targets = plan.targets.map((url) => new Target({ ...plan, url, findWriteIds: identified }, this));
    const random = seededRandom(deriveSeed(seed, 'arrivals'));
    this.#nextArrival =
      load.phases === undefined
        ? arrivals(load.arrivals, load.ratePerSec, durationMs, random)
        : phasedArrivals(load.arrivals, load.phases, random);
    this.#nextKey = keySource(plan.keys, seed, rankSeed);
    this.#streams =
      plan.streams === undefined ? null : streamSource(plan.streams, { seed, rankSeed, identified });
    this.#pathOf = itemPath(plan.path);
    this.#offeredUntilUs = durationMs * 1e3;
    this.#dueUs = this.#nextArrival();
    this.#startedAtUs = startedAtUs;
    this.#watch = new LoopWatch(this.#nowUs());
  }

  async run(): Promise<GeneratorReport> {
    const cpu = process.cpuUsage();
    this.#context.onStarted(this.#startedAtUs);
    await new Promise<void>((resolve, reject) => {
      const timer = setInterval(() => {
        try {
          this.#log?.throwIfLost();
          if (!this.#tick()) return;
          clearInterval(timer);
          resolve();
        } catch (error) {
          clearInterval(timer);
          reject(error);
        }
      }, TICK_MS);
    }).finally(() => Promise.all(this.#targets.map((target) => target.close())));
    const { user, system } = process.cpuUsage(cpu);
    const course = {
      startedAtUs: this.#startedAtUs,
      finishedAtUs: this.#startedAtUs + this.#lastSettledUs,
      durationMs: this.#offeredUntilUs / 1e3,
      cpuUs: user + system,
    };
    const source = this.#streams;
    const report = this.#recorder.report(course, 'open', (stream) => source?.distinctKeys(stream) ?? 0);
    return this.#log === null ? report : { ...report, operations: this.#log.count };
  }

  onSent(flight: Flight): void {
    flight.sentUs = this.#nowUs();
    // A further try has no time at which it was meant to leave.
    if (flight.retries > 0) return;
    this.#recorder.sent(flight.sentUs - flight.intendedUs);
    this.#recorder.attempted(flight.sentUs);
  }

  onAnswer(flight: Flight): void {
    // A refusal, or an answer that says that the service is not well, is asked for again.
    if (flight.status >= 500 || flight.status === 429) {
      if (this.#retry(flight)) return;
    }
    const nowUs = this.#settledNow();
    const sinceUs = this.#watch.sinceUs(nowUs);
    if (this.#recorder.answered(flight, nowUs, sinceUs)) this.#log?.answered(flight, nowUs);
    else this.#log?.unanswered(flight, nowUs);
    if (flight.drawn?.shape.method === 'PUT' && flight.status === 200) {
      this.#streams?.acknowledged(flight.drawn);
    }
  }

  onFailure(flight: Flight, code: string): void {
    if (this.#retry(flight)) return;
    const nowUs = this.#settledNow();
    if (!flight.everSent) this.#recorder.attempted(nowUs);
    this.#recorder.failed(flight, code);
    this.#log?.unanswered(flight, nowUs);
  }

  /** @returns whether all is over: nothing more to send, everything settled */
  #tick(): boolean {
    const nowUs = this.#nowUs();
    this.#watch.ticked(nowUs);
    if (this.#context.signal.aborted && this.#dueUs !== Number.POSITIVE_INFINITY) {
      this.#dueUs = Number.POSITIVE_INFINITY;
      this.#offeredUntilUs = Math.min(this.#offeredUntilUs, nowUs);
    }
    while (this.#dueUs <= nowUs) {
      this.#offer(this.#dueUs);
      this.#dueUs = this.#nextArrival();
    }
    this.#expire(nowUs);
    return this.#dueUs === Number.POSITIVE_INFINITY && this.#unsettled === 0;
  }

  /** The next instance in turn. */
  #nextTarget(): Target {
    const target = this.#targets[this.#turn] as Target;
    this.#turn = this.#turn + 1 === this.#targets.length ? 0 : this.#turn + 1;
    return target;
  }

  /**
   * Sends a request once more, at once and with a deadline of its own, which is later than those of all that
   * were sent before: the order by deadline holds.
   *
   * @returns false when its client has no more tries
   */
  #retry(flight: Flight): boolean {
    if (flight.retries >= (this.#plan.retries ?? 0) || this.#context.signal.aborted) return false;
    const again = new Flight(flight.intendedUs, flight.path, flight.exists, flight.drawn);
    again.retries = flight.retries + 1;
    again.lagUs = flight.lagUs;
    again.sentBefore = flight.everSent;
    again.deadlineUs = this.#nowUs() + this.#plan.timeoutMs * 1e3;
    // Whatever still comes for the earlier try counts no more.
    flight.settled = true;
    this.#recorder.retried();
    const target = this.#nextTarget();
    this.#byDeadline.push({ flight: again, target });
    // The connection that it failed on is not free before this turn is over.
    queueMicrotask(() => {
      if (!again.settled) target.send(again);
    });
    return true;
  }

  #offer(intendedUs: number): void {
    const flight = this.#nextFlight(intendedUs);
    const target = this.#nextTarget();
    const lagUs = this.#nowUs() - intendedUs;
    flight.lagUs = lagUs;
    this.#recorder.offered(intendedUs, lagUs, flight.drawn);
    this.#unsettled++;
    this.#byDeadline.push({ flight, target });
    // After a stall of our own, sending what is already too late would only cost connections.
    if (lagUs < this.#plan.timeoutMs * 1e3) target.send(flight);
  }

  #nextFlight(intendedUs: number): Flight {
    if (this.#streams === null) {
      const { key, exists } = this.#nextKey();
      return new Flight(intendedUs, this.#pathOf(key), exists);
    }
    const drawn = this.#streams.next(intendedUs);
    return new Flight(intendedUs, this.#pathOf(drawn.key), drawn.exists, drawn);
  }

  #expire(nowUs: number): void {
    const timeoutUs = this.#plan.timeoutMs * 1e3;
    for (;;) {
      const oldest = this.#byDeadline.peek();
      if (oldest === undefined) return;
      const { flight, target } = oldest;
      if (!flight.settled) {
        if ((flight.deadlineUs ?? flight.intendedUs + timeoutUs) > nowUs) return;
        if (!this.#retry(flight)) {
          this.#recorder.timedOut(flight);
          const settledUs = this.#settledNow();
          this.#log?.unanswered(flight, settledUs);
        }
        target.withdraw(flight);
      }
      this.#byDeadline.shift();
    }
  }

  #settledNow(): number {
    this.#unsettled--;
    this.#lastSettledUs = this.#nowUs();
    return this.#lastSettledUs;
  }

  #nowUs(): number {
    return this.#context.clock.nowUs() - this.#startedAtUs;
  }
}
