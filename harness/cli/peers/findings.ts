import { significant } from '../../../reports/model/format.ts';
import { percentileNames } from '../../peers/percentiles.ts';
import type { CaseSummary, Spread, ToolSummary } from '../../peers/summary.ts';
import { errorText, peersOf, whole } from './tables.ts';

/** Where ours did worse than another tool, and where better: a line for each case and tool. */
export interface Findings {
  readonly worse: readonly string[];
  readonly better: readonly string[];
}

/**
 * Reads the tables: told is only what does not overlap over the repeats, and a rate only against tools that
 * hold one.
 */
export function findings(
  summaries: readonly CaseSummary[],
  ours: string,
  holdsRate: (tool: string) => boolean,
): Findings {
  const worse: string[] = [];
  const better: string[] = [];
  for (const summary of summaries) {
    const own = summary.tools.find(({ tool }) => tool === ours);
    if (own === undefined) continue;
    for (const peer of peersOf(summary, ours)) {
      const { name } = summary.loadCase;
      const figures = compared(summary, own, peer, holdsRate(peer.tool));
      const of = (wanted: 'worse' | 'better'): string =>
        figures
          .filter(({ verdict }) => verdict === wanted)
          .map(({ text }) => text)
          .join('; ');
      if (of('worse') !== '') worse.push(`\`${name}\`, against ${peer.tool}: ${of('worse')}`);
      if (of('better') !== '') better.push(`\`${name}\`, against ${peer.tool}: ${of('better')}`);
    }
  }
  return { worse, better };
}

interface Compared {
  readonly verdict: 'worse' | 'better' | 'alike';
  readonly text: string;
}

function compared(
  summary: CaseSummary,
  own: ToolSummary,
  peer: ToolSummary,
  rate: boolean,
): readonly Compared[] {
  const figures: Compared[] = [];
  const { ratePerSec } = summary.loadCase;
  const { cpuRatio } = peer;
  if (cpuRatio !== null) {
    const text = `it uses ${significant(cpuRatio.median)} times our CPU for a request`;
    figures.push({ verdict: verdictOf({ median: 1, low: 1, high: 1 }, cpuRatio), text });
  }
  if (rate) {
    const missed = (spread: Spread): Spread =>
      magnitude({
        median: spread.median - ratePerSec,
        low: spread.low - ratePerSec,
        high: spread.high - ratePerSec,
      });
    const text = `it delivers ${whole(peer.deliveredPerSec.median)}/s, we ${whole(own.deliveredPerSec.median)}/s`;
    figures.push({ verdict: verdictOf(missed(own.deliveredPerSec), missed(peer.deliveredPerSec)), text });
  }
  for (const name of percentileNames) {
    const [ours, theirs] = [own.latency[name], peer.latency[name]];
    figures.push({
      verdict: verdictOf(magnitude(ours.errorMs), magnitude(theirs.errorMs)),
      text: `its ${name} is ${errorText(theirs, summary)} off, ours ${errorText(ours, summary)}`,
    });
  }
  return figures;
}

/** Less is better; alike when the ranges meet. */
function verdictOf(ours: Spread, theirs: Spread): Compared['verdict'] {
  if (theirs.high < ours.low) return 'worse';
  return ours.high < theirs.low ? 'better' : 'alike';
}

/** How far from 0, whichever way. */
function magnitude({ median, low, high }: Spread): Spread {
  const [least, most] = [Math.min(Math.abs(low), Math.abs(high)), Math.max(Math.abs(low), Math.abs(high))];
  return { median: Math.abs(median), low: low <= 0 && high >= 0 ? 0 : least, high: most };
}
