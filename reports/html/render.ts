/**
 * The report page: one file, no script, no request. It reads top down: verdict, one sentence (and, without a verdict,
 * why there is none), the matrix; then time, how soon writes are seen, the worst key, distribution, all doubts; the reference last.
 *
 * The page is a pure function of the result: the same result gives the same bytes.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Result, ScenarioResult } from '../../harness/result/schema.ts';
import { assignColours, type SeriesColours } from '../charts/palette.ts';
import { mainDoubt } from '../model/findings.ts';
import { verdictWords } from '../model/verdict.ts';
import { claimsSection } from './claims.ts';
import { distributionSection } from './distribution.ts';
import { doubtParagraph, limitList, noiseFloorNote, openCheckList, warningList } from './findings.ts';
import { freshnessSection } from './freshness.ts';
import { environmentLine, interruption, masthead, outcomeList, overview, scenarioHeader } from './header.ts';
import { html, type Markup, trusted } from './markup.ts';
import { matrixTable } from './matrix.ts';
import { glossaryList, measurementList, provenanceList, rawData, settingsBlock } from './reference.ts';
import { themeCss } from './theme.ts';
import { timeSection } from './time.ts';
import { worstKeySection } from './worst-key.ts';

/** In the order of the cascade. */
const STYLES = ['base', 'matrix', 'charts', 'reference', 'narrow', 'print'];

/** The report of a result as one self-contained HTML document. */
export async function renderHtml(result: Result): Promise<string> {
  const colours = assignColours(result);
  const style = [themeCss(colours), ...(await styleSheets())].join('\n');
  const single = result.scenarios.length === 1;
  const scenarios: Markup[] = [];
  for (const [index, scenario] of result.scenarios.entries()) {
    scenarios.push(await scenarioArticle(result, scenario, { colours, index, single }));
  }
  const body = html`${masthead(result)}
<main class="${single ? 'single' : 'several'}">${interruption(result)}${single ? '' : html`${overview(result)}${environmentLine(result)}${runWarnings(result)}`}${scenarios}
<div class="reference">
<section><h2>How each number is measured</h2>${measurementList()}</section>
<section><h2>Words</h2>${glossaryList()}</section>
<section><h2>Environment</h2>${provenanceList(result)}</section>
<section><h2>Raw data</h2>${rawData(result)}</section>
</div></main>`;
  return documentOf(`${verdictWords(result.verdict).text}: ${title(result)}`, style, body);
}

function styleSheets(): Promise<string[]> {
  return Promise.all(
    STYLES.map((name) => readFile(new URL(`./styles/${name}.css`, import.meta.url), 'utf8')),
  );
}

function documentOf(heading: string, style: string, body: Markup): string {
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${heading}</title>
<style>${trusted(style)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}

function title(result: Result): string {
  const [first] = result.scenarios;
  return result.scenarios.length === 1 && first !== undefined
    ? first.title
    : `${result.scenarios.length} scenarios`;
}

interface Place {
  readonly colours: SeriesColours;
  readonly index: number;
  readonly single: boolean;
}

/** With several scenarios the run's own warnings stand once, before them. */
function runWarnings(result: Result): Markup {
  if (result.warnings.length === 0) return html``;
  return html`<section class="doubts" id="warnings"><h2>Warnings about the run</h2>${warningList(result.warnings)}</section>`;
}

async function scenarioArticle(result: Result, scenario: ScenarioResult, place: Place): Promise<Markup> {
  const { colours, single } = place;
  const heading = (text: string) => (single ? html`<h2>${text}</h2>` : html`<h3>${text}</h3>`);
  const warnings = single ? [...result.warnings, ...scenario.warnings] : scenario.warnings;
  const id = `warnings-${place.index + 1}`;
  const doubt = mainDoubt(result, scenario);
  const allDoubts =
    doubt !== null && warnings.includes(doubt)
      ? { id, count: warnings.length }
      : { id: 'warnings', count: result.warnings.length };
  return html`<article class="scenario" id="scenario-${place.index + 1}">
<header>${scenarioHeader(scenario, single ? 1 : 2, doubt === null ? '' : doubtParagraph(doubt, allDoubts))}${single ? environmentLine(result) : ''}${openCheckList(scenario, doubt)}</header>
<section>${matrixTable(scenario, colours)}${noiseFloorNote(scenario)}${outcomeList(scenario)}</section>
${claimsSection(scenario, heading)}
<section>${heading('Over time')}${await timeSection(scenario, colours)}</section>
${freshnessSection(scenario, colours, heading)}
${await worstKeySection(scenario, colours, heading)}
<section>${heading('Distribution of response times')}${await distributionSection(scenario, colours)}</section>
<section class="doubts" id="${id}">${heading(warnings.length === 0 ? 'Warnings' : `Warnings (${warnings.length})`)}${warningList(warnings)}</section>
<section>${heading('What this experiment can’t tell')}${limitList(result, scenario)}${settingsBlock(scenario.settings)}</section>
</article>`;
}
