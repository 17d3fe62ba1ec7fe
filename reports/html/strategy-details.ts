/** What opens under a row of the matrix: the strategy's own text, its bounds, thresholds, comparisons, every metric. */
import type {
  BoundResult,
  Comparison,
  Metric,
  ScenarioResult,
  StrategyResult,
} from '../../harness/result/schema.ts';
import { comparisonWords } from '../model/comparison-words.ts';
import { thresholdActual } from '../model/findings.ts';
import {
  figure,
  interval,
  MISSING,
  NEVER,
  percent,
  quantity,
  significant,
  unitLabel,
} from '../model/format.ts';
import { metricLabel, metricOf } from '../model/metrics.ts';
import { checkVerdict } from '../model/verdict.ts';
import { verdictMark } from './header.ts';
import { html, type Markup } from './markup.ts';
import { metricLink } from './reference.ts';
import { withTerms } from './terms.ts';

export function strategyDetails(strategy: StrategyResult, scenario: ScenarioResult): Markup {
  // What was measured in no round, as loads per expiry where no key is hot, is no comparison.
  const comparisons = scenario.comparisons.filter(
    (comparison) => comparison.strategy === strategy.name && comparison.rounds !== 0,
  );
  return html`<div class="opened">
<dl class="about">
<div><dt>Idea</dt><dd>${withTerms(strategy.idea)}</dd></div>
<div><dt>Weakness</dt><dd>${withTerms(strategy.weakness)}</dd></div>
<div><dt>Source</dt><dd>${strategy.source}</dd></div>
${parameters(strategy)}
</dl>
<div class="evidence">${boundsTable(strategy)}${thresholdsTable(strategy)}${comparisonList(comparisons, strategy)}</div>
${metricsTable(strategy)}
</div>`;
}

function parameters(strategy: StrategyResult): Markup {
  const entries = Object.entries(strategy.parameters);
  if (entries.length === 0) return html``;
  return html`<div><dt>Parameters</dt><dd>${entries
    .map(([name, { unit, value }]) => `${name} ${significant(value)}${unit === '' ? '' : ` ${unit}`}`)
    .join(', ')}</dd></div>`;
}

function boundsTable(strategy: StrategyResult): Markup {
  if (strategy.bounds.length === 0) return html`<p class="muted">Theory states no bound for it here.</p>`;
  return html`<table class="plain"><caption>Bounds</caption>
<thead><tr><th scope="col">Metric</th><th scope="col" class="num">measured</th><th scope="col" class="num">predicted</th><th scope="col" class="num">allowed</th><th scope="col">Holds</th></tr></thead>
<tbody>${strategy.bounds.map((bound) => boundRow(bound, strategy))}</tbody></table>`;
}

function boundRow(bound: BoundResult, strategy: StrategyResult): Markup {
  const unit = strategy.metrics[bound.metric]?.unit ?? 'count';
  const { low, high, value, formula } = bound.predicted;
  // Where both ends agree there is no interval to print, but still one value that is allowed.
  const allowed = interval(low, high, unit) ?? (low === null ? MISSING : figure(low, unit));
  return html`<tr><th scope="row">${metricLabel(bound.metric)}<small>${formula}</small></th>
<td class="num">${quantity(bound.measured, unit)}</td><td class="num">${quantity(value, unit)}</td>
<td class="num">${allowed}</td>
<td>${verdictMark(checkVerdict(bound.holds))}${bound.reason === undefined ? '' : html`<small>${bound.reason}</small>`}</td></tr>`;
}

function thresholdsTable(strategy: StrategyResult): Markup {
  if (strategy.thresholds.length === 0) return html``;
  return html`<table class="plain thresholds"><caption>Thresholds</caption>
<thead><tr><th scope="col">Claim</th><th scope="col" class="num">measured</th><th scope="col">Holds</th></tr></thead>
<tbody>${strategy.thresholds.map((threshold) => {
    const { expression, metric, holds, reason } = threshold;
    const measured = thresholdActual(threshold, strategy.metrics[metric]?.unit ?? 'count');
    return html`<tr><th scope="row"><code>${expression}</code></th><td class="num">${measured}</td>
<td>${verdictMark(checkVerdict(holds))}${reason === undefined ? '' : html`<small>${reason}</small>`}</td></tr>`;
  })}</tbody></table>`;
}

function comparisonList(comparisons: readonly Comparison[], strategy: StrategyResult): Markup {
  if (comparisons.length === 0) return html``;
  return html`<ul class="comparisons">${comparisons.map((comparison) => {
    const unit = strategy.metrics[comparison.metric]?.unit ?? 'count';
    const { sentence, detail } = comparisonWords(comparison, unit);
    return html`<li>${sentence}${detail === '' ? '' : html`<small>${detail}</small>`}</li>`;
  })}</ul>`;
}

function metricsTable(strategy: StrategyResult): Markup {
  const entries = Object.entries(strategy.metrics);
  if (entries.length === 0) return html`<p class="muted">Nothing was measured.</p>`;
  return html`<details class="every"><summary>Every metric (${entries.length})</summary>
<table class="plain"><thead><tr><th scope="col">Metric</th><th scope="col">median</th><th scope="col">lowest–highest</th><th scope="col">interval of the median</th><th scope="col">by round</th></tr></thead>
<tbody>${entries.map(([name, recorded]) => metricRow(name, metricOf(strategy, name) ?? recorded))}</tbody></table></details>`;
}

/** Without a class, since a page may have thousands of them. */
function metricRow(name: string, metric: Metric): Markup {
  const { median, low, high, unit, values } = metric;
  const text = figure(median, unit);
  return html`<tr><th scope="row">${metricLink(name)}</th><td>${text} <span class="unit">${text === NEVER ? '' : unitLabel(unit)}</span></td><td>${interval(low, high, unit) ?? '='}</td><td>${medianInterval(metric)}</td><td>${values.map((value) => figure(value, unit)).join('  ')}</td></tr>`;
}

/** `12–14 (96.9 %)`, with the confidence that the rounds reach; `the same` as lowest–highest for few rounds. */
function medianInterval({ ci, low, high, unit }: Metric): string {
  if (ci === undefined || ci.confidence === 0) return MISSING;
  const same = ci.low === low && ci.high === high;
  return `${same ? 'the same' : (interval(ci.low, ci.high, unit) ?? '=')} (${percent(ci.confidence)} %)`;
}
