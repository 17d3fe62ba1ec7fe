import { LatencyHistogram } from '../record/histogram.ts';
import type { Flight } from './flight.ts';
import type {
  GeneratorPlan,
  GeneratorReport,
  LoadHistograms,
  LoadProgress,
  StreamReport,
} from './protocol.ts';
import { Staleness } from './staleness.ts';
import { StreamTally } from './stream-tally.ts';
import type { Drawn } from './streams.ts';
import { type Outcome, Tally } from './tally.ts';
import { Timeline } from './timeline.ts';

/** What a load learns about its own course, for the report's head. */
export interface LoadCourse {
  readonly startedAtUs: number;
  readonly finishedAtUs: number;
  /** How long requests were offered: less than planned when the load was stopped. */
  readonly durationMs: number;
  readonly cpuUs: number;
}

/** Answers that a cache gave, in Redis or in the process. */
const CACHED: ReadonlySet<string> = new Set(['hit', 'l1', 'stale']);

/**
 * Counts what came of each request, exactly once: the load's models decide when a request is settled,
 * and this class in which class it falls.
 */
export class LoadRecorder implements Disposable {
  readonly #timeline: Timeline | null;
  readonly #timeoutUs: number;
  readonly #durationUs: number;
  readonly #counts = new Tally();
  readonly #response = new LatencyHistogram();
  readonly #onTime = new LatencyHistogram();
  readonly #service = new LatencyHistogram();
  readonly #cached = new LatencyHistogram();
  readonly #sendLag = new LatencyHistogram();
  readonly #pacerLag = new LatencyHistogram();
  /** Response times since the last look; `null` when nobody looks. */
  readonly #interval: LatencyHistogram | null;
  readonly #outcomes = new Map<string, number>();
  readonly #statuses = new Map<number, number>();
  readonly #errors = new Map<string, number>();
  /** `null` in a load that writes nothing. */
  readonly #staleness: Staleness | null;
  readonly #streams: readonly { readonly name: string; readonly tally: StreamTally }[];
  #completedBefore = 0;
  #good = 0;
  #neverSent = 0;
  #retried = 0;
  #takenUp = 0;
  #attempted = 0;
  #maxAgeMs: number | null = null;

  constructor(
    plan: Pick<GeneratorPlan, 'windowMs' | 'timeoutMs' | 'durationMs' | 'streams' | 'progressEveryMs'>,
  ) {
    this.#streams = (plan.streams ?? []).map(({ name }) => ({ name, tally: new StreamTally() }));
    const writes = plan.streams?.some(({ operation }) => operation === 'write') ?? false;
    this.#staleness = writes ? new Staleness() : null;
    this.#interval = plan.progressEveryMs === undefined ? null : new LatencyHistogram();
    this.#timeline = plan.windowMs === null ? null : new Timeline(plan.windowMs);
    this.#timeoutUs = plan.timeoutMs * 1e3;
    this.#durationUs = plan.durationMs * 1e3;
  }

  /** A request was due at `intendedUs` and taken up `lagUs` later. */
  offered(intendedUs: number, lagUs: number, drawn: Drawn | null = null): void {
    this.#counts.offered++;
    this.#streamOf(drawn)?.offered();
    this.#timeline?.offered(intendedUs);
    if (intendedUs + lagUs < this.#durationUs) this.#takenUp++;
    this.#pacerLag.record(lagUs);
  }

  sent(lagUs: number): void {
    this.#sendLag.record(lagUs);
  }

  /** A request had a connection for itself, or was refused one. Open load only. */
  attempted(atUs: number): void {
    if (atUs < this.#durationUs) this.#attempted++;
  }

  /**
   * The complete answer is there. Past its deadline it is a timeout, whoever noticed first.
   *
   * @param sinceUs the earliest at which it can have come, unnoticed @default `nowUs`
   * @returns whether it came in time
   */
  answered(flight: Flight, nowUs: number, sinceUs = nowUs): boolean {
    if (nowUs >= this.#deadlineOf(flight)) {
      this.timedOut(flight);
      return false;
    }
    const responseUs = nowUs - flight.intendedUs;
    const { status, cache } = flight;
    flight.settled = true;
    increment(this.#statuses, status);
    if (cache !== null) increment(this.#outcomes, cache);
    if (flight.ageMs !== null) this.#maxAgeMs = Math.max(this.#maxAgeMs ?? 0, flight.ageMs);
    const shed = cache === 'shed' && (status === 503 || status === 429);
    if (shed || status >= 500) {
      this.#settle(flight, shed ? 'shed' : 'failed');
      return true;
    }
    this.#settle(flight, 'completed', responseUs);
    this.#onTime.record(Math.max(sinceUs, flight.sentUs) - flight.intendedUs - flight.lagUs);
    if (flight.right) this.#good++;
    this.#service.record(nowUs - flight.sentUs);
    if (cache !== null && CACHED.has(cache)) this.#cached.record(nowUs - flight.sentUs);
    this.#staleness?.answered(flight, nowUs);
    return true;
  }

  timedOut(flight: Flight): void {
    flight.settled = true;
    if (!flight.everSent) this.#neverSent++;
    const waitedUs = this.#deadlineOf(flight) - flight.intendedUs;
    this.#settle(flight, 'timeout', waitedUs);
    this.#onTime.record(waitedUs - flight.lagUs);
  }

  /** It was given up for now, and is sent again. */
  retried(): void {
    this.#retried++;
  }

  /** The connection broke, or never came about. */
  failed(flight: Flight, code: string): void {
    flight.settled = true;
    increment(this.#errors, code);
    this.#settle(flight, 'failed');
  }

  /** Without an end: only a load that can wait for its answers no longer has these. */
  lost(flight: Flight): void {
    flight.settled = true;
    this.#settle(flight, 'lost');
  }

  /**
   * The counts so far and since the last call; costs a look at two histograms.
   *
   * @param tookMs since the last call, or since the load's start
   */
  progress(tookMs: number): LoadProgress {
    const completed = this.#counts.completed - this.#completedBefore;
    this.#completedBefore = this.#counts.completed;
    const interval = { tookMs, completed, responseP50Us: this.#interval?.percentile(50) ?? null };
    this.#interval?.reset();
    return { counts: { ...this.#counts }, responseP99Us: this.#response.percentile(99), interval };
  }

  /** @param distinctKeys of a stream, by its index */
  report(
    course: LoadCourse,
    model: 'open' | 'closed',
    distinctKeys: (stream: number) => number = () => 0,
  ): GeneratorReport {
    return {
      ...course,
      counts: { ...this.#counts },
      good: this.#good,
      outcomes: Object.fromEntries(this.#outcomes),
      statuses: Object.fromEntries(this.#statuses),
      errors: Object.fromEntries(this.#errors),
      maxAgeMs: this.#maxAgeMs,
      ...(this.#retried === 0 ? {} : { retried: this.#retried }),
      ...(model === 'open'
        ? {
            neverSent: this.#neverSent,
            withinStorm: { takenUp: this.#takenUp, attempted: this.#attempted },
          }
        : {}),
      ...(this.#streams.length === 0 ? {} : { streams: this.#streamReports(distinctKeys) }),
      ...(this.#staleness === null ? {} : { staleness: this.#staleness.report() }),
      histograms: this.#histograms(model),
      windows: this.#timeline?.encoded(course.durationMs) ?? [],
    };
  }

  [Symbol.dispose](): void {
    for (const { tally } of this.#streams) tally[Symbol.dispose]();
    for (const held of [
      this.#response,
      this.#onTime,
      this.#service,
      this.#cached,
      this.#sendLag,
      this.#pacerLag,
      this.#interval,
      this.#staleness,
    ]) {
      held?.[Symbol.dispose]();
    }
  }

  #streamReports(distinctKeys: (stream: number) => number): Record<string, StreamReport> {
    return Object.fromEntries(
      this.#streams.map(({ name, tally }, index) => [name, tally.report(distinctKeys(index))]),
    );
  }

  #histograms(model: 'open' | 'closed'): LoadHistograms {
    return {
      response: this.#response.encode(),
      service: this.#service.encode(),
      ...(this.#cached.count === 0 ? {} : { cached: this.#cached.encode() }),
      sendLag: this.#sendLag.encode(),
      ...(model === 'open' ? { onTime: this.#onTime.encode(), pacerLag: this.#pacerLag.encode() } : {}),
    };
  }

  /** @param responseUs of what has a place among the latencies */
  #settle(flight: Flight, outcome: Outcome, responseUs: number | null = null): void {
    this.#counts[outcome]++;
    this.#streamOf(flight.drawn)?.settled(flight, outcome, responseUs);
    this.#timeline?.settled(flight, outcome, responseUs);
    if (responseUs === null) return;
    this.#response.record(responseUs);
    this.#interval?.record(responseUs);
  }

  #deadlineOf({ deadlineUs, intendedUs }: Flight): number {
    return deadlineUs ?? intendedUs + this.#timeoutUs;
  }

  #streamOf(drawn: Drawn | null): StreamTally | undefined {
    return drawn === null ? undefined : this.#streams[drawn.stream]?.tally;
  }
}

function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
