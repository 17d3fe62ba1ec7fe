/** Broken bounds and thresholds, warnings with their remedies, and what the experiment can't tell. */
import type { Result, ScenarioResult, Warning } from '../../harness/result/schema.ts';
import { limits, openChecks, warningPlace } from '../model/findings.ts';
import { NOISE_FLOOR, noiseFloorSentence } from '../model/noise-floor.ts';
import { verdictMark } from './header.ts';
import { html, type Markup } from './markup.ts';

/** One line per bound or threshold that failed or could not be decided; nothing when all held. */
export function openCheckList(scenario: ScenarioResult): Markup {
  const open = openChecks(scenario);
  if (open.length === 0) return html``;
  return html`<ul class="open-checks">${open.map(
    ({ strategy, verdict, text }) =>
      html`<li>${verdictMark(verdict)} <strong>${strategy}</strong> ${text}</li>`,
  )}</ul>`;
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
