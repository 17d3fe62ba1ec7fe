/** A verdict is always glyph and word; colour only repeats it. */
import type { Verdict } from '../../harness/result/schema.ts';

export interface VerdictWords {
  readonly glyph: string;
  readonly word: string;
  /** `✓ held` */
  readonly text: string;
}

const WORDS: Readonly<Record<Verdict, VerdictWords>> = {
  pass: { glyph: '✓', word: 'held', text: '✓ held' },
  fail: { glyph: '✗', word: 'failed', text: '✗ failed' },
  inconclusive: { glyph: '?', word: 'inconclusive', text: '? inconclusive' },
};

export function verdictWords(verdict: Verdict): VerdictWords {
  return WORDS[verdict];
}

/** The verdict of one bound or threshold: `null` means that it could not be decided. */
export function checkVerdict(holds: boolean | null): Verdict {
  if (holds === null) return 'inconclusive';
  return holds ? 'pass' : 'fail';
}
