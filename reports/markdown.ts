/** `summary.md`: verdict, answer, matrix and warnings, as GitHub shows them in a job summary. */
import type { Result, ScenarioResult, Warning } from '../harness/result/schema.ts';
import { CLAIMS_HEADING, type ClaimWords, claimList, foldedTitle } from './model/claims.ts';
import { doubtSentence, mainDoubt, openChecks, thresholdTally, warningPlace } from './model/findings.ts';
import { timestamp } from './model/format.ts';
import { buildMatrix, type Cell, type Matrix } from './model/matrix.ts';
import { NOISE_FLOOR, noiseFloorSentence } from './model/noise-floor.ts';
import { outcomeLines, strategyMark } from './model/outcome.ts';
import { roundsWords } from './model/rounds.ts';
import { verdictWords } from './model/verdict.ts';
import { clean } from './text.ts';

export function renderMarkdown(result: Result): string {
  const { provenance } = result;
  const several = result.scenarios.length !== 1;
  const blocks = [
    ...(several ? [`# ${verdictWords(result.verdict).text}: ${result.scenarios.length} scenarios`] : []),
    several ? contents(result) : '',
    ...(result.interrupted ? ['**Interrupted:** the plan was not finished.'] : []),
    ...(several && result.warnings.length > 0 ? [warnings(result.warnings)] : []),
    ...result.scenarios.flatMap((scenario) => scenarioBlocks(result, scenario, several)),
    `${escapeMarkdown(timestamp(provenance.startedAt))} · ${roundsWords(result)} · seed ${provenance.seed} · cachestorm ${escapeMarkdown(provenance.cachestorm)}`,
    codeBlock(provenance.command),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** Which of the sections below to read. */
function contents({ scenarios }: Result): string {
  return scenarios
    .map(({ verdict, title }) => `- ${verdictWords(verdict).text}: ${escapeMarkdown(title)}`)
    .join('\n');
}

function scenarioBlocks(result: Result, scenario: ScenarioResult, several: boolean): readonly string[] {
  const { text } = verdictWords(scenario.verdict);
  const doubts = several ? scenario.warnings : [...result.warnings, ...scenario.warnings];
  const said = doubts.length === 0 ? '' : warnings(doubts);
  const doubt = mainDoubt(result, scenario);
  const noise = noiseFloorSentence(scenario);
  return [
    `${several ? '##' : '#'} ${text}: ${escapeMarkdown(scenario.title)}`,
    `**${escapeMarkdown(scenario.answer).trim()}**`,
    doubt === null ? '' : `**In doubt:** ${escapeMarkdown(`${doubtSentence(doubt)}. ${doubt.remedy}`)}`,
    escapeMarkdown(scenario.load.description),
    outcomeLines(scenario)
      .map(({ glyph, text: sentence }) => `- ${escapeMarkdown(`${glyph} ${sentence}`.trim())}`)
      .join('\n'),
    openChecks(scenario)
      .map(({ strategy, verdict, text: sentence }) => {
        const words = verdictWords(verdict).text;
        return `- ${words}: **${escapeMarkdown(strategy).trim()}** ${escapeMarkdown(sentence)}`;
      })
      .join('\n'),
    table(buildMatrix(scenario)),
    noise === null ? '' : `**${NOISE_FLOOR}:** ${escapeMarkdown(noise)}`,
    thresholdTally(scenario) ?? '',
    ...claimBlocks(scenario, several),
    said,
  ];
}

function claimBlocks(scenario: ScenarioResult, several: boolean): readonly string[] {
  const claims = claimList(scenario);
  const { listed, folded } = claims;
  if (listed.length + folded.length === 0) return [];
  return [
    `${several ? '###' : '##'} ${CLAIMS_HEADING}`,
    ...(listed.length === 0 ? [] : [listed.map(claimItem).join('\n')]),
    ...(folded.length === 0
      ? []
      : [
          `<details><summary>${foldedTitle(claims)}</summary>\n\n${folded.map(claimItem).join('\n')}\n\n</details>`,
        ]),
  ];
}

function claimItem({ glyph, verdict, text, evidence, source }: ClaimWords): string {
  const said = `**${escapeMarkdown(text).trim()}** (${escapeMarkdown(source)})`;
  return `- ${escapeMarkdown(glyph)} ${verdict}: ${said} ${escapeMarkdown(evidence)}`;
}

function table({ columns, rows }: Matrix): string {
  const heads = columns.flatMap(({ title, unit, predicted }) => [
    unit === '' ? title : `${title}, ${unit}`,
    ...(predicted ? ['Theory'] : []),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['Strategy', ...heads.map(escapeMarkdown), 'Outcome']),
    line([':--', ...heads.map(() => '--:'), ':--']),
    ...rows.map(({ strategy, cells }) =>
      line([
        escapeMarkdown(strategy.name),
        ...cells.flatMap((one) => [cell(one), ...(one.column.predicted ? [predicted(one)] : [])]),
        escapeMarkdown(strategyMark(strategy).text),
      ]),
    ),
  ].join('\n');
}

function cell({ text, best }: Cell): string {
  return best ? `**${escapeMarkdown(text)}**` : escapeMarkdown(text);
}

function predicted({ predicted: theory }: Cell): string {
  if (theory === null) return '–';
  const { text, interval } = theory;
  return escapeMarkdown(interval === null || interval === text ? text : `${text} (${interval})`);
}

function warnings(list: readonly Warning[]): string {
  return list
    .map((warning) => {
      const place = warningPlace(warning);
      const where = place === '' ? '' : `${escapeMarkdown(place)}: `;
      return `> **Warning** ${where}${escapeMarkdown(warning.message)}\n> ${escapeMarkdown(warning.remedy)}`;
    })
    .join('\n\n');
}

/** Text that Markdown and HTML leave alone, on one line. */
function escapeMarkdown(text: string): string {
  return clean(text)
    .replace(/[\\`*_{}[\]#!|~$]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;');
}

/** A fence longer than any run of backticks inside. */
function codeBlock(text: string): string {
  const line = clean(text);
  const longest = Math.max(2, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${line}\n${fence}`;
}
