/** Broken bounds and thresholds, warnings with their remedies, and what the experiment can't tell. */
import { agreeing } from '../../harness/result/agreement.ts';
import type { Result, ScenarioResult, Warning } from '../../harness/result/schema.ts';
import { doubtSentence, limits, type OpenCheck, openChecks, warningPlace } from '../model/findings.ts';
import { NOISE_FLOOR, noiseFloorSentence } from '../model/noise-floor.ts';
import { verdictMark } from './header.ts';
import { html, type Markup } from './markup.ts';

/** So many leave the matrix on the first screen. */
const FAILED_SHOWN = 3;

/**
 * One line per bound or threshold that failed or could not be decided; nothing when all held. What made the verdict
 * is in sight: the first that failed, or the first undecided one where no doubt says it already. The rest is folded.
 */
export function openCheckList(scenario: ScenarioResult, doubt: Warning | null): Markup {
  const open = openChecks(scenario);
  if (open.length === 0) return html``;
  const failed = open.filter(({ verdict }) => verdict === 'fail').slice(0, FAILED_SHOWN);
  const undecided = failed.length === 0 && doubt === null ? open.slice(0, 1) : [];
  const shown = [...failed, ...undecided];
  const rest = open.slice(shown.length);
  const checks = agreeing(rest.length, 'check');
  const folded =
    shown.length === 0
      ? `${rest.length} ${checks} could not be decided`
      : `${rest.length} more ${checks} did not hold or could not be decided`;
  return html`${shown.length === 0 ? '' : html`<ul class="open-checks">${shown.map(openCheck)}</ul>`}
${rest.length === 0 ? '' : html`<details class="more-checks"><summary>${folded}</summary><ul class="open-checks">${rest.map(openCheck)}</ul></details>`}`;
}

function openCheck({ strategy, verdict, text }: OpenCheck): Markup {
  return html`<li>${verdictMark(verdict)} <strong>${strategy}</strong> ${text}</li>`;
}

/** Why there is no verdict, beside the answer; `all` is where the warning stands with the others. */
export function doubtParagraph(doubt: Warning, all: { readonly id: string; readonly count: number }): Markup {
  const link = all.count === 1 ? '' : html` <a href="#${all.id}">All ${all.count} warnings</a>`;
  return html`<p class="doubt"><strong>In doubt:</strong> ${doubtSentence(doubt)}. <span class="remedy">What to do:</span> ${doubt.remedy}${link}</p>`;
}

/** One line under the matrix; nothing without `--aa`. */
export function noiseFloorNote(scenario: ScenarioResult): Markup {
  const sentence = noiseFloorSentence(scenario);
  if (sentence === null) return html``;
  return html`<p class="hint"><strong>${NOISE_FLOOR}.</strong> ${sentence} A smaller difference between strategies is noise.</p>`;
}

export function warningList(warnings: readonly Warning[]): Markup {
  if (warnings.length === 0) return html`<p class="muted">None: no check of the measurement complained.</p>`;
  return html`<ul class="warnings">${warnings.map((warning) => {
    const place = warningPlace(warning);
    return html`<li><p>${place === '' ? '' : html`<strong>${place}.</strong> `}${warning.message}</p>
<p><span class="remedy">What to do:</span> ${warning.remedy} <code>${warning.code}</code></p></li>`;
  })}</ul>`;
}

export function limitList(result: Result, scenario: ScenarioResult): Markup {
  return html`<ul class="limits">${limits(result, scenario).map((limit) => {
    // The first sentence is the thing itself, the rest the reason.
    const end = limit.indexOf('. ') + 1;
    return html`<li><strong>${limit.slice(0, end)}</strong>${limit.slice(end)}</li>`;
  })}</ul>`;
}
