import { startGenerator } from '../load/generator.ts';
import { openLoad } from '../selfcheck/open-load.ts';
import { startTruthProcess, type TruthProcess } from '../selfcheck/truth-process.ts';
import { deriveSeed, seededRandom, shuffled } from '../time/random.ts';
import type { FoundTool } from './found-tool.ts';
import type { LoadCase } from './load-case.ts';
import { type Bench, measure, type Run } from './measure.ts';

export interface ComparisonOptions extends Bench {
  readonly tools: readonly FoundTool[];
  readonly loadCases: readonly LoadCase[];
  readonly repeats: number;
  /** Of the order in which the tools take turns. */
  readonly seed: number;
  readonly onRun: (run: Run) => void;
}

/**
 * Asks every tool for the same loads on the same servers, which keep their own log:
 *
 * ```
 *  tool (a process tree) --requests--> truth server (a process) --> log: arrival and answer of each request
 *        |          |                        ^
 *     its own    /proc: CPU time             | SIGSTOP, SIGCONT
 *     figures       |                        |
 *        +----------+------ this process ----+        errors = figures - what the log, or theory, says
 * ```
 *
 * - The *truth* is never a tool's. A constant delay is what the log of that very run says; a stall has a closed
 *   form; the delivered rate is what the server counted.
 * - All tools are measured *the same way*, ours too: as a command, with its defaults where it has any, its figures
 *   from what it prints, its CPU time from /proc for the whole process tree, without its start and its end.
 * - A tool that holds a rate is asked for the case's; one that doesn't gets the connections that Little's law
 *   gives, and the table says so.
 * - They take turns, in another seeded order each time: what drifts on the machine meets all of them. CPU times
 *   are compared inside a turn.
 * - One server a case serves all tools, warmed up before: none has to pay for its compiler.
 *
 * A tool that fails is told as such, and the others go on.
 *
 * @throws the signal's reason; TruthServerLostError; what the generator throws that warms the servers up
 */
export async function comparePeers(options: ComparisonOptions): Promise<readonly Run[]> {
  const { loadCases, repeats, seed, tools, site, signal, onRun } = options;
  await using servers = new AsyncDisposableStack();
  const started = new Map<string, TruthProcess>();
  for (const { name, delayMs } of loadCases) {
    const delay = delayMs === 0 ? ({ kind: 'none' } as const) : ({ kind: 'constant', ms: delayMs } as const);
    started.set(name, servers.use(await startTruthProcess({ behaviours: ['ok'], delay }, site)));
  }
  await warmUp([...started.values()], options);

  const runs: Run[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const loadCase of loadCases) {
      const random = seededRandom(deriveSeed(seed, 'peers', loadCase.name, repeat));
      for (const tool of shuffled(tools, random)) {
        signal.throwIfAborted();
        const server = started.get(loadCase.name) as TruthProcess;
        const run = await turn({ tool, loadCase, server, repeat }, options);
        onRun(run);
        runs.push(run);
      }
    }
  }
  return runs;
}

interface Turn {
  readonly tool: FoundTool;
  readonly loadCase: LoadCase;
  readonly server: TruthProcess;
  readonly repeat: number;
}

async function turn({ tool, loadCase, server, repeat }: Turn, bench: Bench): Promise<Run> {
  const which = { tool: tool.tool.name, loadCase: loadCase.name, repeat };
  try {
    return { status: 'measured', ...which, ...(await measure(tool, loadCase, server, bench)) };
  } catch (error) {
    bench.signal.throwIfAborted();
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'E_TOOL_FAILED' && code !== 'E_TOOL_OUTPUT') throw error;
    return { status: 'failed', ...which, reason: (error as Error).message };
  }
}

const WARM_UP_MS = 700;

async function warmUp(servers: readonly TruthProcess[], { site, signal }: Bench): Promise<void> {
  await using generator = await startGenerator(site);
  for (const { url } of servers) {
    await generator.run(openLoad(url, { ratePerSec: 2_000, durationMs: WARM_UP_MS }), signal);
  }
}
