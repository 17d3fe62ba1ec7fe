/** docs/peers.md: the whole page, prose and all, so that it can't say something else than what was measured. */
import { significant } from '../../../reports/model/format.ts';
import type { FoundTools } from '../../peers/found-tool.ts';
import { RATE_CONNECTIONS } from '../../peers/load-case.ts';
import type { CaseSummary } from '../../peers/summary.ts';
import type { Noise } from '../../probes/noise.ts';
import type { ProgramProvenance } from '../../result/provenance.ts';
import { QUIET } from '../../selfcheck/check.ts';
import type { Findings } from './findings.ts';
import { failureLines, latencyTable, loadTable, markdownTable } from './tables.ts';

/** All that one `npm run peers` found. */
export interface Comparison {
  readonly provenance: ProgramProvenance;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly repeats: number;
  readonly seed: number;
  /** Before the first run and after the last. */
  readonly noise: readonly Noise[];
  /** Tasks that wanted a core, over the minute before the first run. */
  readonly loadAverage: number;
  readonly tools: FoundTools;
  readonly cases: readonly CaseSummary[];
  readonly findings: Findings;
}

/** Anybody else's task takes a core from tool or server, which have two between them on a small machine. */
const QUIET_LOAD_AVERAGE = 1;

/** What to say of numbers that were taken on a machine that did other things as well; `null` when it was quiet. */
export function busyWarning({
  loadAverage,
  noise,
}: Pick<Comparison, 'loadAverage' | 'noise'>): string | null {
  const lost = Math.max(...noise.map(({ lostShare }) => lostShare));
  if (loadAverage <= QUIET_LOAD_AVERAGE && lost <= QUIET.lostShare) return null;
  return `The machine was busy with other things (load average ${loadAverage.toFixed(1)}, ${significant(lost * 100)}% of a core taken away): the latencies and the CPU times are partly theirs. Run it again on a quiet one before you quote any.`;
}

export function peersPage(comparison: Comparison): string {
  const warning = busyWarning(comparison);
  return [
    INTRODUCTION,
    ...(warning === null ? [] : [`> **Not to be quoted.** ${warning}\n`]),
    ...comparison.cases.map((summary) => caseSection(summary, comparison)),
    findingsSection(comparison.findings),
    METHOD,
    limitsSection(comparison.tools),
    circumstances(comparison),
  ].join('\n');
}

const INTRODUCTION = `# cachestorm beside other load tools

What \`cachestorm load\` costs, delivers and reads, beside other load tools, on the same servers in the same run. The
servers keep their own log, and that is the truth here; no tool's word is.

This page is written by \`npm run peers -- --write\`. Numbers are medians over the repeats, with the least and the most
in parentheses. Run it yourself: the figures are one machine’s, ratios travel further.
`;

function caseSection(summary: CaseSummary, { tools }: Comparison): string {
  const { name, shows, ratePerSec, durationSec } = summary.loadCase;
  const failures = failureLines(summary).map((line) => `- ${line}\n`);
  return `## \`${name}\`: ${shows}

${ratePerSec.toLocaleString('en-US')} requests a second for ${durationSec} s.

${markdownTable(loadTable(summary, tools.missing))}
${markdownTable(latencyTable(summary))}${failures.length === 0 ? '' : `\n${failures.join('')}`}`;
}

function findingsSection({ worse, better }: Findings): string {
  const list = (lines: readonly string[]): string =>
    lines.length === 0 ? '- nowhere\n' : lines.map((line) => `- ${line}\n`).join('');
  return `## Reading it

Told is only what does not overlap over the repeats.

Where cachestorm is worse:

${list(worse)}
Where it is better:

${list(better)}
\`constant\` should be easy for everybody. \`stall\` is where tools differ: 500 users a second come whether or not the server
answers, a sixth of them while it stands still, and a tool that waits with it never sends what they would have sent.
\`null\` shows the price: a figure of a tool without a rate is that of a tool at its own pace there, not at 5,000/s.
Under 5,000/s what a generator costs hardly matters, unless it shares the machine with what it measures.
`;
}

const METHOD = `## How each number is measured

- **Asked**: the same rate of every tool that can hold one. wrk can't: it gets the connections that Little's law gives
  (rate × time of an answer, at least 1). Tools that divide a rate among connections get ${RATE_CONNECTIONS}; tools that open
  connections, or start virtual users, as needed may have as many as are on their way at once.
- **Delivered**: requests that reached the server within the case's seconds from the first request on, per second.
- **Busiest 100 ms**: the most requests that the server read in one tenth of a second. A tenth of the rate is even;
  much more is a burst.
- **CPU a request**: user and system time of the tool's whole process tree, from /proc, over the requests that the
  server received meanwhile; for every tool in the same way, ours too (a command and its generator process). Half a
  second at either end is left out: start, compilation, report. The kernel tells CPU time in steps of 10 ms, which is a
  few percent of a short run of a cheap tool.
- **× cachestorm**: the ratio of CPU times within a repeat, then the median.
- **Truth** in \`constant\` and \`null\`: the server's own times from a request's arrival to its answer in that very run,
  so whatever the machine does between the two programs counts as the tool's error. At a truth of next to nothing the
  error is told in milliseconds.
- **Truth** in \`stall\`: what users wait who come at that rate of their own accord, in closed form from when the server
  really stopped and went on (\`harness/selfcheck/freeze-theory.ts\`). Who comes a time u after the stop waits for its end,
  and then for the answer. A log can't have it, as those who are never sent are in no log.
- Tools take turns in a seeded order, another one each repeat. One server a case serves all of them, and is warm.
- Everything runs on this one machine, over the loopback, so that tools and servers share its cores.
`;

function limitsSection({ found, missing }: FoundTools): string {
  const lines = [
    ...found.map(
      ({ tool, version }) => `- **${tool.name}** ${version ?? '(unknown version)'}: ${tool.limits}\n`,
    ),
    ...missing.map((tool) => `- **${tool.name}**, not on the PATH (${tool.remedy}): ${tool.limits}\n`),
  ];
  return `## What each tool can't do\n\n${lines.join('')}`;
}

function circumstances(comparison: Comparison): string {
  const { provenance, startedAt, repeats, seed, noise, loadAverage } = comparison;
  const { cachestorm, git, node, host, packages } = provenance;
  const revision =
    git === null ? '' : `, revision ${git.revision.slice(0, 12)}${git.dirty ? ' with changes' : ''}`;
  const lost = Math.max(...noise.map(({ lostShare }) => lostShare)) * 100;
  return `## Circumstances

| | |
|---|---|
| command | \`npm run peers -- --write --repeats ${repeats} --seed ${seed}\` |
| date | ${startedAt.slice(0, 10)} |
| cachestorm | ${cachestorm}${revision}; undici ${packages.undici}, autocannon ${packages.autocannon} |
| machine | ${host.cpus} × ${host.cpuModel}, ${(host.memoryBytes / 2 ** 30).toFixed(0)} GiB |
| system | ${host.platform}, kernel ${host.kernel.replace(/^(\d+\.\d+\.\d+).*/, '$1')}, Node ${node} |
| noise | load average ${loadAverage.toFixed(2)} before; at most ${significant(lost)}% of a core taken away from a busy process |
`;
}
