import { cpus, totalmem } from 'node:os';
import { Command } from 'commander';
import { type Engine, findEngine } from '../../../infra/engine/find.ts';
import { EngineError } from '../../../infra/errors.ts';
import { type Finding, findings } from '../../../infra/setup/findings.ts';
import { measureNoise } from '../../probes/noise.ts';
import { systemClock } from '../../time/clock.ts';
import { exitCodes } from '../exit-codes.ts';

/** Long enough to meet a neighbour's time slices, short enough to wait for. */
const NOISE_MS = 1_000;
/** Above these, latencies of single requests say more about the machine than about the cache. */
const LOST_SHARE_LIMIT = 0.05;
const WORST_GAP_LIMIT_MS = 50;

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what this machine has, what is missing, and how noisy it is')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const [needs, engine] = await Promise.all([
        findings(['redis', 'database', 'rabbitmq', 'chromium']),
        lookForEngine(),
      ]);
      const machine = {
        node: process.version,
        cpus: cpus().length,
        cpuModel: cpus()[0]?.model ?? 'unknown',
        memoryBytes: totalmem(),
      };
      const noise = measureNoise(systemClock, NOISE_MS);
      if (json) process.stdout.write(`${JSON.stringify({ machine, noise, needs, engine }, null, 2)}\n`);
      else
        process.stdout.write(
          `${[...machineLines(machine, noise), ...needs.flatMap(needLines), engineLine(engine)].join('\n')}\n`,
        );
      // Chromium is for the tests of the report only: without it every scenario still runs. So it does without
      // local servers where containers can be had, unless one was named that can't be used.
      const lacking = needs.some(
        ({ status, need }) =>
          need !== 'chromium' &&
          (status === 'unusable' || (status === 'missing' && engine.status === 'missing')),
      );
      process.exitCode = lacking ? exitCodes.infrastructure : exitCodes.held;
    });
}

type EngineFinding =
  | ({ readonly status: 'found' } & Engine)
  | { readonly status: 'missing'; readonly reason: string };

async function lookForEngine(): Promise<EngineFinding> {
  try {
    return { status: 'found', ...(await findEngine()) };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { status: 'missing', reason: error.message };
  }
}

interface Machine {
  readonly node: string;
  readonly cpus: number;
  readonly cpuModel: string;
  readonly memoryBytes: number;
}

function machineLines(
  machine: Machine,
  { lostShare, worstGapMs }: ReturnType<typeof measureNoise>,
): string[] {
  const noisy = lostShare > LOST_SHARE_LIMIT || worstGapMs > WORST_GAP_LIMIT_MS;
  const noise = `${(lostShare * 100).toFixed(1)}% of a second lost in gaps of over 0.2 ms, the worst ${worstGapMs.toFixed(1)} ms`;
  const lines = [
    line('✓', 'node', machine.node),
    line(machine.cpus >= 2 ? '✓' : '!', 'cpu', `${machine.cpus} x ${machine.cpuModel}`),
    line('✓', 'memory', `${(machine.memoryBytes / 2 ** 30).toFixed(1)} GiB`),
    line(noisy ? '!' : '✓', 'noise', noise),
  ];
  if (machine.cpus < 2) lines.push(hint('load and servers share one core: expect inconclusive runs'));
  if (noisy) lines.push(hint('end what else runs here, and compare by counts rather than by latency'));
  return lines;
}

function needLines(finding: Finding): string[] {
  switch (finding.status) {
    case 'found': {
      const { product, version } = finding;
      const name = version === undefined ? product : `${product} ${version}`;
      return [line('✓', finding.need, `${name.padEnd(20)} ${finding.path}`)];
    }
    case 'missing':
      return [line('✗', finding.need, 'missing'), ...finding.remedies.map(hint)];
    case 'unusable':
      return [line('✗', finding.need, finding.reason)];
  }
}

function engineLine(engine: EngineFinding): string {
  if (engine.status === 'missing') return line('-', 'engine', engine.reason);
  return line('✓', 'engine', `${`${engine.product} ${engine.version}`.padEnd(20)} ${engine.socketPath}`);
}

function line(glyph: string, name: string, text: string): string {
  return `${glyph} ${name.padEnd(9)} ${text}`;
}

function hint(text: string): string {
  return `${' '.repeat(12)}→ ${text}`;
}
