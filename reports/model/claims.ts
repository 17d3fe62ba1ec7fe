/** What people say, and what became of it. Glyph and word; no colour: a refuted claim is a finding, not a failure. */
import type { ClaimResult, ScenarioResult } from '../../harness/result/schema.ts';

export const CLAIMS_HEADING = 'What the notes say';

export interface ClaimWords {
  readonly verdict: ClaimResult['verdict'];
  readonly glyph: string;
  readonly text: string;
  /** The circumstances of `only when`; empty for the other verdicts. */
  readonly when: string;
  readonly evidence: string;
  readonly source: string;
}

/** One column wide on every terminal, as a half-filled circle is not. */
const GLYPHS: Readonly<Record<ClaimResult['verdict'], string>> = {
  confirmed: '✓',
  refuted: '✗',
  'only when': '~',
  'not judged': '?',
};

export interface ClaimList {
  /** Each worth a reader's time. */
  readonly listed: readonly ClaimWords[];
  /** Not judged: two or more, which a run of the core strategies alone has. A single one is listed. */
  readonly folded: readonly ClaimWords[];
}

/** What a report shows at once, and what it keeps for those who ask. */
export function claimList(scenario: ScenarioResult): ClaimList {
  const claims = claimWords(scenario);
  const open = claims.filter(({ verdict }) => verdict === 'not judged');
  if (open.length < 2) return { listed: claims, folded: [] };
  return { listed: claims.filter((claim) => !open.includes(claim)), folded: open };
}

/** `? not judged: 5 claims` */
export function foldedTitle({ folded }: ClaimList): string {
  return `${GLYPHS['not judged']} not judged: ${folded.length} claims`;
}

/** The claims in the scenario's order; none for a scenario without, and for a result of an earlier version. */
export function claimWords({ claims = [] }: ScenarioResult): readonly ClaimWords[] {
  return claims.map(({ text, source, verdict, evidence, cases }) => ({
    verdict,
    glyph: GLYPHS[verdict],
    text,
    when: verdict === 'only when' ? circumstances(cases) : '',
    evidence,
    source,
  }));
}

function circumstances(cases: ClaimResult['cases']): string {
  const held = cases.filter(({ holds }) => holds === true);
  return held.map(({ when }) => when).join('; or ');
}
