/** The first screen: what was run, the verdict, and one sentence. */
import type { Result, ScenarioResult, StrategyResult, Verdict } from '../../harness/result/schema.ts';
import { serverName } from '../../harness/result/server-name.ts';
import { duration, significant, timestamp } from '../model/format.ts';
import { outcomeLines, strategyMark } from '../model/outcome.ts';
import { roundsWords } from '../model/rounds.ts';
import { verdictWords } from '../model/verdict.ts';
import { html, type Markup } from './markup.ts';
import { withTerms } from './terms.ts';

/** Brand, date and machine: one quiet line above everything else. */
export function masthead(result: Result): Markup {
  const { provenance } = result;
  const took = duration(provenance.startedAt, provenance.finishedAt);
  return html`<header class="masthead">
<p class="brand">cachestorm</p>
<p class="meta">${timestamp(provenance.startedAt)}${took === null ? '' : ` · took ${took}`} · run ${result.runId}</p>
</header>`;
}

/** One line of environment. */
export function environmentLine(result: Result): Markup {
  const { host, backends, profile, infra, seed } = result.provenance;
  const parts = [
    `${host.cpus} × ${host.cpuModel}`,
    `${significant(host.memoryBytes / 1024 ** 3)} GiB`,
    ...backends.map(serverName),
    `${infra} infra`,
    `profile ${profile}`,
    roundsWords(result),
    `seed ${seed}`,
  ];
  return html`<p class="env">${parts.join(' · ')}</p>`;
}

export function verdictMark(verdict: Verdict): Markup {
  const { glyph, word } = verdictWords(verdict);
  return html`<span class="verdict ${verdict}"><span class="glyph">${glyph}</span> ${word}</span>`;
}

/** Whether a strategy protected, as its row says. */
export function outcomeMark(strategy: StrategyResult): Markup {
  const { verdict, glyph, word } = strategyMark(strategy);
  return html`<span class="verdict ${verdict ?? 'expected'}"><span class="glyph">${glyph}</span> ${word}</span>`;
}

/** Who protected, who gives up what, and who failed. */
export function outcomeList(scenario: ScenarioResult): Markup {
  const lines = outcomeLines(scenario);
  if (lines.length === 0) return html``;
  return html`<ul class="outcome">${lines.map(
    ({ verdict, glyph, text }) =>
      html`<li><span class="verdict ${verdict ?? 'expected'}"><span class="glyph">${glyph}</span></span> ${text}</li>`,
  )}</ul>`;
}

/** Verdict and answer side by side; the largest things on the page. */
function conclusion(verdict: Verdict, answer: string, doubt: Markup | '' = ''): Markup {
  return html`<div class="conclusion"><p class="ruling">${verdictMark(verdict)}</p><p class="answer">${answer}</p>${doubt}</div>`;
}

export function interruption(result: Result): Markup {
  return result.interrupted
    ? html`<p class="note"><strong>Interrupted.</strong> The run was stopped before its plan was done; what follows is what was measured until then.</p>`
    : html``;
}

/** Title, question and conclusion of one scenario; `level` is its heading's, `doubt` why it has no verdict. */
export function scenarioHeader(scenario: ScenarioResult, level: 1 | 2, doubt: Markup | ''): Markup {
  const title =
    level === 1
      ? html`<h1>${scenario.title}</h1>`
      : html`<p class="up"><a href="#scenarios">↑ all scenarios</a></p><h2 class="title">${scenario.title}</h2>`;
  return html`${title}
<p class="question">${withTerms(scenario.question)}</p>
${conclusion(scenario.verdict, scenario.answer, doubt)}
<p class="env">${sentence(scenario.load.description)}</p>`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The list of scenarios at the top of a page that holds several; it is its navigation, too. */
export function overview(result: Result): Markup {
  const count = (verdict: Verdict) => result.scenarios.filter((s) => s.verdict === verdict).length;
  const tally = (['pass', 'fail', 'inconclusive'] as const)
    .filter((verdict) => count(verdict) > 0)
    .map((verdict) => `${count(verdict)} ${verdictWords(verdict).word}`)
    .join(', ');
  return html`<h1>${result.scenarios.length} scenarios</h1>
${conclusion(result.verdict, `Of ${result.scenarios.length} scenarios: ${tally}.`)}
<nav aria-label="Scenarios" id="scenarios"><ol class="overview">${result.scenarios.map(
    (scenario, index) => html`<li>${verdictMark(scenario.verdict)}
<div><a href="#scenario-${index + 1}">${scenario.title}</a><p>${scenario.answer}</p></div></li>`,
  )}</ol></nav>`;
}
