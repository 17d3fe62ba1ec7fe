import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../record/histogram.ts';
import { Flight } from './flight.ts';
import { LoadRecorder } from './load-recorder.ts';
import type { GeneratorReport } from './protocol.ts';

const TIMEOUT_MS = 100;
const PLAN = { windowMs: 10, timeoutMs: TIMEOUT_MS, durationMs: 30 };
const COURSE = { startedAtUs: 0, finishedAtUs: 1, durationMs: 30, cpuUs: 0 };

interface Answer {
  readonly status: number;
  readonly exists?: boolean;
  readonly cache?: string;
  readonly ageMs?: number;
  readonly responseUs?: number;
}

function flightAt(intendedUs: number, { status, exists = true, cache, ageMs }: Answer): Flight {
  const flight = new Flight(intendedUs, '/items/item-0', exists);
  flight.sentUs = intendedUs + 400;
  flight.status = status;
  flight.cache = cache ?? null;
  flight.ageMs = ageMs ?? null;
  return flight;
}

function reportOf(...answers: readonly Answer[]): GeneratorReport {
  using recorder = new LoadRecorder(PLAN);
  for (const answer of answers) {
    const flight = flightAt(0, answer);
    recorder.offered(0, 0);
    recorder.answered(flight, answer.responseUs ?? 1_000);
    expect(flight.settled).toBe(true);
  }
  return recorder.report(COURSE, 'open');
}

function countAndMax(encoded: string): [number, number | null] {
  using histogram = LatencyHistogram.decode(encoded);
  return [histogram.count, histogram.max];
}

describe('LoadRecorder', () => {
  it('calls an answer good when it has the status that the key calls for', () => {
    const { counts, good } = reportOf(
      { status: 200 },
      { status: 404 },
      { status: 200, exists: false },
      { status: 404, exists: false },
      { status: 302 },
    );
    expect([counts.offered, counts.completed, good]).toEqual([5, 5, 2]);
    expect(reportOf({ status: 404, exists: false }).good).toBe(1);
    expect(reportOf({ status: 200, exists: false }).good).toBe(0);
  });

  it('times the answers of a cache apart, and judges versions only where something is written', () => {
    const { histograms, staleness } = reportOf(
      { status: 200, cache: 'l1', responseUs: 500 },
      { status: 200, cache: 'hit', responseUs: 900 },
      { status: 200, cache: 'stale', responseUs: 1_100 },
      { status: 200, cache: 'miss', responseUs: 20_000 },
    );
    // From the send, 400 us after the intended time.
    expect(countAndMax(histograms.cached ?? '')).toEqual([3, 700]);
    expect(reportOf({ status: 200, cache: 'miss' }).histograms.cached).toBeUndefined();
    expect(staleness).toBeUndefined();
  });

  it('tells refusals from failures', () => {
    const { counts, statuses, outcomes } = reportOf(
      { status: 503, cache: 'shed' },
      { status: 503 },
      { status: 500, cache: 'shed' },
    );
    expect(counts).toMatchObject({ completed: 0, failed: 2, shed: 1 });
    expect(statuses).toEqual({ 500: 1, 503: 2 });
    expect(outcomes).toEqual({ shed: 2 });
  });

  it('takes an answer at its deadline or later for a timeout, recorded at the deadline', () => {
    const { counts, good, statuses, histograms } = reportOf(
      { status: 200, responseUs: TIMEOUT_MS * 1e3 - 1 },
      { status: 200, responseUs: TIMEOUT_MS * 1e3 },
      { status: 200, responseUs: TIMEOUT_MS * 1e3 + 50_000 },
    );
    expect(counts).toMatchObject({ offered: 3, completed: 1, timeout: 2 });
    expect([good, statuses]).toEqual([1, { 200: 1 }]);
    const [count, maxUs] = countAndMax(histograms.response);
    expect(count).toBe(3);
    expect(Math.abs((maxUs as number) - TIMEOUT_MS * 1e3)).toBeLessThanOrEqual(100);
    expect(countAndMax(histograms.service)[0]).toBe(1);
  });

  it('keeps failures and refusals out of the latencies', () => {
    const { histograms } = reportOf({ status: 500 }, { status: 503, cache: 'shed' }, { status: 200 });
    expect(countAndMax(histograms.response)).toEqual([1, 1_000]);
    expect(countAndMax(histograms.service)).toEqual([1, 600]);
  });

  it('keeps the largest age, and null when none came', () => {
    expect(reportOf({ status: 200 }).maxAgeMs).toBeNull();
    expect(reportOf({ status: 200, ageMs: 5 }, { status: 200, ageMs: 3 }).maxAgeMs).toBe(5);
  });

  it('counts each request in the window of its intended time, and shows empty windows', () => {
    using recorder = new LoadRecorder(PLAN);
    const late = flightAt(9_999, { status: 200 });
    const broken = flightAt(20_000, { status: 0 });
    for (const flight of [late, broken]) recorder.offered(flight.intendedUs, 0);
    recorder.answered(late, 25_000);
    recorder.failed(broken, 'ECONNRESET');
    const { windows, errors } = recorder.report(COURSE, 'open');
    expect(windows).toMatchObject([
      { tMs: 0, offered: 1, completed: 1, failed: 0 },
      { tMs: 10, offered: 0, completed: 0, failed: 0 },
      { tMs: 20, offered: 1, completed: 0, failed: 1 },
    ]);
    expect(windows.map((window) => countAndMax(window.responseHistogram)[0])).toEqual([1, 0, 0]);
    expect(errors).toEqual({ ECONNRESET: 1 });
  });

  it('tells what was settled since it was asked last, and only of plans that ask', () => {
    const plan = { ...PLAN, windowMs: null };
    using recorder = new LoadRecorder({ ...plan, progressEveryMs: 10 });
    const answer = (status: number, responseUs: number): void => {
      recorder.offered(0, 0);
      recorder.answered(flightAt(0, { status }), responseUs);
    };
    for (const responseUs of [1_000, 2_000, 3_000]) answer(200, responseUs);
    answer(500, 10);
    expect(recorder.progress(10).interval).toEqual({ tookMs: 10, completed: 3, responseP50Us: 2_000 });
    answer(200, 500);
    expect(recorder.progress(12)).toMatchObject({
      counts: { completed: 4, failed: 1 },
      interval: { tookMs: 12, completed: 1, responseP50Us: 500 },
    });
    expect(recorder.progress(10).interval).toEqual({ tookMs: 10, completed: 0, responseP50Us: null });
    using silent = new LoadRecorder(plan);
    silent.offered(0, 0);
    silent.answered(flightAt(0, { status: 200 }), 500);
    expect(silent.progress(10).interval.responseP50Us).toBeNull();
  });

  it('counts the timeouts that were never sent', () => {
    using recorder = new LoadRecorder(PLAN);
    for (const flight of [new Flight(0, '/', true), flightAt(0, { status: 0 })]) {
      recorder.offered(0, 0);
      recorder.timedOut(flight);
    }
    expect(recorder.report(COURSE, 'open')).toMatchObject({ neverSent: 1, counts: { timeout: 2 } });
  });

  it('takes the generator’s own delay at both ends out of the times on time', () => {
    using recorder = new LoadRecorder(PLAN);
    const [first, second] = [flightAt(0, { status: 200 }), flightAt(0, { status: 200 })];
    first.lagUs = 300;
    recorder.answered(first, 1_000);
    // Noticed after a stall that began when it was not even sent yet.
    second.lagUs = 100;
    recorder.answered(second, 60_000, 200);
    const { histograms } = recorder.report(COURSE, 'open');
    expect(countAndMax(histograms.response)).toEqual([2, 60_031]);
    expect(countAndMax(histograms.onTime ?? '')).toEqual([2, 700]);
    expect(recorder.report(COURSE, 'closed').histograms.onTime).toBeUndefined();
  });

  it('keeps a timeout among the times on time, less the delay before it', () => {
    using recorder = new LoadRecorder(PLAN);
    const flight = flightAt(0, { status: 0 });
    flight.lagUs = 1_000;
    recorder.timedOut(flight);
    expect(countAndMax(recorder.report(COURSE, 'open').histograms.onTime ?? '')).toEqual([1, 99_007]);
  });

  it('tells what came too late for the storm from what found no connection', () => {
    using recorder = new LoadRecorder(PLAN);
    recorder.offered(29_000, 999);
    recorder.attempted(29_999);
    recorder.offered(29_500, 499);
    recorder.attempted(30_000);
    recorder.offered(29_900, 100);
    const { withinStorm } = recorder.report(COURSE, 'open');
    expect(withinStorm).toEqual({ takenUp: 2, attempted: 1 });
    expect(recorder.report(COURSE, 'closed').withinStorm).toBeUndefined();
  });
});
