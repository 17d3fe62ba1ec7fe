/** What people say about the scenario, each with its verdict and what that rests on. */
import type { ScenarioResult } from '../../harness/result/schema.ts';
import { CLAIMS_HEADING, type ClaimWords, claimList, foldedTitle } from '../model/claims.ts';
import { html, type Markup } from './markup.ts';
import { withTerms } from './terms.ts';

/** Nothing for a scenario without claims. */
export function claimsSection(scenario: ScenarioResult, heading: (text: string) => Markup): Markup {
  const claims = claimList(scenario);
  const { listed, folded } = claims;
  if (listed.length + folded.length === 0) return html``;
  return html`<section>${heading(CLAIMS_HEADING)}
<p class="hint">Held against this run. A refuted claim is a finding, not a failure: it changes no verdict.</p>
${listed.length === 0 ? '' : html`<ul class="claims">${listed.map(item)}</ul>`}
${folded.length === 0 ? '' : html`<details class="more-claims"><summary>${foldedTitle(claims)}</summary><ul class="claims">${folded.map(item)}</ul></details>`}</section>`;
}

function item({ glyph, verdict, text, evidence, source }: ClaimWords): Markup {
  return html`<li><p><strong><span class="glyph">${glyph}</span> ${verdict}</strong> “${withTerms(text)}”</p>
<p>${evidence}</p>
<p><small>${source}</small></p></li>`;
}
