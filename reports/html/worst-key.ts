/** The worst key: of the strategy that it is gravest for in sight, of the others on demand. */
import type { ScenarioResult, WorstKey } from '../../harness/result/schema.ts';
import { isDrawn, keyTimeline, readKind } from '../charts/key-timeline.ts';
import { colourOf, type SeriesColour, type SeriesColours } from '../charts/palette.ts';
import { renderSvg } from '../charts/render.ts';
import {
  type KeyOfStrategy,
  keyStory,
  type OperationRow,
  operationRows,
  worstKeys,
} from '../model/worst-key.ts';
import { html, type Markup, trusted } from './markup.ts';
import { swatch } from './matrix.ts';
import { withTerms } from './terms.ts';

const WIDTHS = [
  ['wide', 1100],
  ['medium', 680],
  ['narrow', 328],
] as const;

/** A longer table is folded. */
const ROWS_SHOWN = 20;

/** Nothing where no key went wrong, or nobody looked. */
export async function worstKeySection(
  scenario: ScenarioResult,
  colours: SeriesColours,
  heading: (text: string) => Markup,
): Promise<Markup> {
  const [first, ...others] = worstKeys(scenario);
  if (first === undefined) return html``;
  const folded: Markup[] = [];
  // One after the other: Vega's counter of ids is shared by the process.
  const shown = await picture(first, colourOf(colours, first.strategy));
  for (const one of others) {
    const colour = colourOf(colours, one.strategy);
    folded.push(html`<details class="${colour.className}"><summary>${whose(one)}</summary>
${await picture(one, colour)}</details>`);
  }
  return html`<section class="worst-key">${heading('The worst key')}
<p class="hint">For each strategy the row with which most went wrong, and what its readers saw. A read that began below the line is stale.</p>
<div class="${colourOf(colours, first.strategy).className}"><p class="whose">${whose(first)}</p>
${shown}</div>
${folded}</section>`;
}

function whose({ strategy, key: { key, round, reason } }: KeyOfStrategy): Markup {
  return html`${swatch()} <strong>${strategy}</strong> ${key}, round ${round}: ${reason}`;
}

async function picture({ key }: KeyOfStrategy, { css }: SeriesColour): Promise<Markup> {
  const story = keyStory(key);
  const drawings: Markup[] = [];
  for (const [size, width] of WIDTHS) {
    const spec = keyTimeline({ key, colour: css, width });
    drawings.push(trusted(await renderSvg(spec, { size, sentence: `${key.key}: ${story}` })));
  }
  return html`<p class="story">${withTerms(story)}</p>
${legend(key)}
<figure class="key-timeline">${drawings}</figure>
${operationTable(key)}`;
}

/** Only what is there to see. */
function legend({ operations, acknowledged, triggers }: WorstKey): Markup {
  const drawn = operations.filter(isDrawn);
  const writes = drawn.filter(({ op }) => op === 'write');
  const kinds = new Set(drawn.filter(({ op }) => op === 'read').map(readKind));
  const when = (there: boolean, kind: keyof typeof KEYS, words: string) =>
    there ? html`<li>${sign(kind)} ${words}</li>` : '';
  const answered = writes.some(({ outcome }) => outcome === 'ok');
  return html`<ul class="legend">${[
    when(answered || acknowledged !== null, 'line', 'newest version acknowledged'),
    when(answered, 'write', 'write, from its sending to its answer'),
    when(
      writes.some(({ outcome }) => outcome !== 'ok'),
      'open',
      'write that failed or was not answered',
    ),
    when(kinds.has('right'), 'right', 'read'),
    when(kinds.has('stale'), 'stale', 'stale read'),
    when(kinds.has('dirty'), 'dirty', 'read of what was never committed'),
    when(triggers.length > 0, 'trigger', 'fault'),
  ]}</ul>`;
}

function sign(kind: keyof typeof KEYS): Markup {
  return html`<svg class="key" viewBox="0 0 22 10" aria-hidden="true">${KEYS[kind]}</svg>`;
}

const KEYS = {
  line: html`<path d="M0 8H11V2H22" fill="none" stroke="var(--fg)" stroke-width="1.25"/>`,
  write: html`<rect x="1" y="1" width="20" height="8" fill="var(--series)" fill-opacity=".4"/><path d="M1 0V10M21 0V10" stroke="var(--series)" stroke-width="2"/>`,
  open: html`<path d="M1 0V10" stroke="var(--series)" stroke-width="2"/><path d="M2 5H22" stroke="var(--series)" stroke-width="3" stroke-dasharray="3 3"/>`,
  right: html`<path d="M0 5H15" stroke="var(--muted)"/><circle cx="15" cy="5" r="3.1" fill="var(--bg)" stroke="var(--fg)" stroke-width="1.25"/>`,
  stale: html`<path d="M0 5H15" stroke="var(--muted)"/><path d="M11 2H19L15 9Z" fill="var(--fail)"/>`,
  dirty: html`<path d="M0 5H15" stroke="var(--muted)"/><path d="M13.5 1h3v2.5h2.5v3h-2.5v2.5h-3v-2.5h-2.5v-3h2.5z" fill="var(--inconclusive)"/>`,
  trigger: html`<rect x="8" width="9" height="10" fill="var(--fg)" fill-opacity=".1"/><path d="M8 0V10" stroke="var(--fg)"/>`,
};

function operationTable(key: WorstKey): Markup {
  const rows = operationRows(key);
  const left = key.more === 0 ? '' : `; ${key.more} more of this key are left out`;
  const table = html`<table class="plain operations"><thead><tr><th scope="col">Operation</th><th scope="col">sent, ms</th><th scope="col">took, ms</th><th scope="col">version</th><th scope="col">answered</th><th scope="col">wrong with it</th></tr></thead>
<tbody>${rows.map(tableRow)}</tbody></table>`;
  if (rows.length <= ROWS_SHOWN) {
    return html`${table}${left === '' ? '' : html`<p class="hint">${key.more} more operations of this key are left out.</p>`}`;
  }
  return html`<details class="every"><summary>Its ${rows.length} operations, one by one${left}</summary>${table}</details>`;
}

/** Without a class, since a page may have thousands of them: operation, three numbers, two texts. */
function tableRow({ op, by, sent, took, version, answered, wrong }: OperationRow): Markup {
  return html`<tr><th scope="row">${op}${by === '' ? '' : html` <small class="inline">${by}</small>`}</th><td>${sent}</td><td>${took}</td><td>${version}</td><td>${answered}</td><td>${wrong === '' ? '' : html`<strong>${wrong}</strong>`}</td></tr>`;
}
