import { CachestormError } from '../failure/cachestorm-error.ts';
import { freezeServer } from '../selfcheck/server-freeze.ts';
import type { ProcessSite, TruthProcess } from '../selfcheck/truth-process.ts';
import type { Clock } from '../time/clock.ts';
import { cpuBetween, watchCpu } from './cpu-accounting.ts';
import type { FoundTool } from './found-tool.ts';
import type { LoadCase } from './load-case.ts';
import type { Reading } from './tool.ts';
import { type ToolEnd, ToolProcess } from './tool-process.ts';
import { requestsBetween, type Truth, truthOf } from './truth.ts';

/** What a run needs from its surroundings. */
export interface Bench {
  readonly site: ProcessSite;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** One tool, once, in one case. */
export type Run = MeasuredRun | FailedRun;

export interface MeasuredRun {
  readonly status: 'measured';
  readonly tool: string;
  readonly loadCase: string;
  /** From 0. */
  readonly repeat: number;
  readonly asked: string;
  readonly reading: Reading;
  readonly truth: Truth;
  /**
   * User and system time of the tool's process tree for one request, microseconds; `null` when this process was
   * kept from looking.
   */
  readonly cpuUsPerRequest: number | null;
  /** Its CPU time from start to end, milliseconds: what it costs to start, and to report, as well. */
  readonly cpuMsInAll: number;
}

export interface FailedRun {
  readonly status: 'failed';
  readonly tool: string;
  readonly loadCase: string;
  readonly repeat: number;
  readonly reason: string;
}

/** A tool ended without figures, or did not end. */
export class ToolFailedError extends CachestormError {
  readonly code = 'E_TOOL_FAILED';
  readonly failure = 'infrastructure';
}

/**
 * Left out of the CPU figure at both ends: compilers warm up, connections are made, a report is written. An eighth
 * of a shorter load.
 */
const EDGE_MS = 500;
/** How long past its load a tool may take to start and to report. */
const GRACE_MS = 15_000;
/** How long the server's word of a request may take to come. */
const SETTLE_MS = 1_000;

/**
 * 1. Empty the server's log; start the tool and sample the CPU time of its process tree.
 * 2. At the first request, which the server tells of, the case's time begins: stop the server when it says so.
 * 3. When the tool has ended, take its figures, the server's log, and the samples between the edges.
 *
 * @throws ToolFailedError, ToolOutputError; the signal's reason; what the server throws
 */
export async function measure(
  { tool, program }: FoundTool,
  loadCase: LoadCase,
  server: TruthProcess,
  bench: Bench,
): Promise<Omit<MeasuredRun, 'status' | 'tool' | 'loadCase' | 'repeat'>> {
  const { site, clock, signal } = bench;
  const { durationSec, freeze } = loadCase;
  signal.throwIfAborted();
  await server.forget();
  const command = tool.command(server.url, loadCase);
  await using child = await ToolProcess.start(program, command, site);
  const cpu = watchCpu(child.pid, clock);
  using deadline = withinMs(durationSec * 1e3 + GRACE_MS, signal);
  // A tool that asks for nothing must not leave the server with a question.
  const over = new AbortController();
  try {
    const ended = child.ended.then((end) => requireFigures(tool.exitCodes ?? [], end));
    const course = async (firstUs: number) =>
      freeze === undefined ? undefined : await freezeServer(server, firstUs, freeze, bench);
    const silent = async (): Promise<never> => {
      await clock.sleep(SETTLE_MS);
      throw new ToolFailedError('it sent no request');
    };
    const first = Promise.race([
      server.firstRequest(AbortSignal.any([signal, over.signal])),
      ended.then(silent),
    ]);
    const [firstUs, frozen, end] = await Promise.race([
      Promise.all([first, first.then(course), ended]),
      deadline.passed,
    ]);
    const samples = cpu.stop();
    const log = await server.log();
    const fromMs = Math.min(EDGE_MS, (durationSec * 1e3) / 8);
    const toMs = durationSec * 1e3 - fromMs;
    const cpuUs = cpuBetween(samples, firstUs + fromMs * 1e3, firstUs + toMs * 1e3);
    return {
      asked: command.asked,
      reading: tool.read(end.stdout),
      truth: truthOf(log, loadCase, frozen),
      cpuUsPerRequest: cpuUs === null ? null : cpuUs / requestsBetween(log, fromMs, toMs),
      cpuMsInAll: (samples.at(-1)?.cpuUs ?? 0) / 1e3,
    };
  } finally {
    over.abort(new Error('the tool has ended'));
    cpu.stop();
  }
}

function requireFigures(exitCodes: readonly number[], end: ToolEnd): ToolEnd {
  const { code, signal, stderr } = end;
  if (code !== null && (code === 0 || exitCodes.includes(code))) return end;
  const how = signal ?? `exit code ${code}`;
  throw new ToolFailedError(`it ended with ${how}: ${stderr.trim().slice(-300)}`);
}

/** Rejects after so long, or with the signal's reason when that is aborted before. */
function withinMs(ms: number, signal: AbortSignal): Disposable & { readonly passed: Promise<never> } {
  const { promise, reject } = Promise.withResolvers<never>();
  // It may pass while nobody waits.
  promise.catch(() => {});
  const timer = setTimeout(() => reject(new ToolFailedError(`it did not end within ${ms / 1e3} s`)), ms);
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    passed: promise,
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
