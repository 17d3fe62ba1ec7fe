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
