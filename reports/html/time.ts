/** The storm over time: one column per strategy, the same strips in each, all with the same axes. */
import type { ScenarioResult, StrategyResult } from '../../harness/result/schema.ts';
import { type TimeFrame, timeFrame } from '../charts/frame.ts';
import { colourOf, type SeriesColours } from '../charts/palette.ts';
import { renderSvg } from '../charts/render.ts';
import { isThinned } from '../charts/strip.ts';
import { significant } from '../model/format.ts';
import { buildMatrix } from '../model/matrix.ts';
import { triggersInWords } from '../model/triggers.ts';
import { html, type Markup, trusted } from './markup.ts';
import { swatch } from './matrix.ts';
import { type Strip, stripsOf } from './strips.ts';

/** Width of the measure and of the gaps between columns; styles/charts.css lays out the same. */
const MEASURE_PX = 1100;
const GAP_PX = 24;
const NARROW_PX = 328;

export async function timeSection(scenario: ScenarioResult, colours: SeriesColours): Promise<Markup> {
  const frame = timeFrame(scenario);
  if (frame === null) return html`<p class="muted">No timeline was recorded.</p>`;
  // The same order as the matrix: the reader has just learnt it. The same strategy twice would teach nothing.
  const strategies = buildMatrix(scenario)
    .rows.map((row) => row.strategy)
    .filter(({ aa }) => aa !== true);
  const columns = columnCount(strategies.length);
  const thinned = strategies.some(
    ({ timeline }) => timeline !== null && isThinned({ timeline, width: columnWidth(columns) }),
  );
  const strips = stripsOf(scenario);
  const cells: Markup[] = [];
  // One after the other: Vega's counter of ids is shared by the process.
  for (const strategy of strategies)
    cells.push(await strategyCell(strategy, { scenario, colours, frame, strips, columns }));
  return html`${legend(scenario, frame, thinned)}<div class="strips columns-${columns}">${cells}</div>`;
}

/** At most four beside each other, in rows as even as possible. */
function columnCount(strategies: number): number {
  return Math.ceil(strategies / Math.ceil(strategies / 4));
}

function columnWidth(columns: number): number {
  return Math.floor((MEASURE_PX - GAP_PX * (columns - 1)) / columns);
}

interface Surroundings {
  readonly scenario: ScenarioResult;
  readonly colours: SeriesColours;
  readonly frame: TimeFrame;
  readonly strips: readonly Strip[];
  readonly columns: number;
}

async function strategyCell(strategy: StrategyResult, around: Surroundings): Promise<Markup> {
  const { className, css } = colourOf(around.colours, strategy.name);
  const heading = html`<figcaption>${swatch()}<span>${strategy.name}</span></figcaption>`;
  const { timeline } = strategy;
  if (timeline === null || timeline.points.length === 0) {
    return html`<figure class="strip ${className}">${heading}<p class="muted">No timeline was recorded for this strategy.</p></figure>`;
  }
  const baseline = around.scenario.strategies.find((candidate) => candidate.baseline);
  const ghost = strategy.baseline ? null : (baseline?.timeline ?? null);
  const wide = columnWidth(around.columns);
  const drawings: Markup[] = [];
  for (const [size, width] of [
    ['wide', wide],
    ['narrow', NARROW_PX],
  ] as const) {
    const shared = { frame: around.frame, timeline, ghost, colour: css, width };
    for (const [index, { draw, tell }] of around.strips.entries()) {
      const input = { ...shared, first: index === 0, last: index === around.strips.length - 1 };
      drawings.push(trusted(await renderSvg(draw(input), { size, sentence: tell(strategy, input) })));
    }
  }
  return html`<figure class="strip ${className}">${heading}${drawings}</figure>`;
}

function legend(scenario: ScenarioResult, frame: TimeFrame, thinned: boolean): Markup {
  const note = thinned
    ? ' The storm is longer than the picture is wide: each point is the worst of several windows, and expiries too close together are left out.'
    : '';
  const baseline = scenario.strategies.find((strategy) => strategy.baseline && strategy.timeline !== null);
  const expires = scenario.strategies.some(({ timeline }) => (timeline?.expiriesMs.length ?? 0) > 0);
  const items = [
    html`<li>${key('line')} p50, with a band up to p99</li>`,
    baseline === undefined ? '' : html`<li>${key('ghost')} ${baseline.name}, faint behind the others</li>`,
    html`<li>${key('rule')} capacity of the database, ${significant(frame.capacityPerSec)}/s</li>`,
    expires ? html`<li>${key('tick')} the hot entry expired, or was renewed before it did</li>` : '',
    ...triggersInWords(scenario).map((words) => html`<li>${key('trigger')} ${words}</li>`),
  ];
  return html`<p class="hint">One column per strategy, all with the same axes. Each shows the round with its median number of database reads.${note}</p><ul class="legend">${items}</ul>`;
}

function key(kind: 'line' | 'ghost' | 'rule' | 'tick' | 'trigger'): Markup {
  const drawing = {
    line: html`<rect y="2" width="22" height="6" fill="var(--accent)" fill-opacity=".24"/><path d="M0 8H22" stroke="var(--accent)" stroke-width="1.75"/>`,
    ghost: html`<path d="M0 5H22" stroke="var(--muted)" stroke-width="1" opacity=".7"/>`,
    rule: html`<path d="M0 5H22" stroke="var(--fg)" stroke-width="1" stroke-dasharray="5 3"/>`,
    tick: html`<path d="M0 9.5H22" stroke="var(--hairline)"/><path d="M11 3V10" stroke="var(--fg)" stroke-width="1.25"/>`,
    trigger: html`<rect x="11" width="6" height="10" fill="var(--fg)" fill-opacity=".1"/><path d="M11 0V10" stroke="var(--fg)"/>`,
  }[kind];
  return html`<svg class="key" viewBox="0 0 22 10" aria-hidden="true">${drawing}</svg>`;
}
