import { displayWidth, pad } from '../../reports/text.ts';
import type { CheckResult, CheckVerdict, JudgedFigure } from '../selfcheck/check.ts';

const GLYPHS: Readonly<Record<CheckVerdict, string>> = { pass: '✓', fail: '✗', noisy: '?' };
const COLUMNS = { name: 17, truth: 36, reading: 24 };

export function headLine(): string {
  return row(' ', 'check', 'truth', 'reading', 'error');
}

/**
 * One line a check: the figures that are off, or as many of its first as there is room for. `--json` has them
 * all.
 */
export function checkLine({ name, verdict, figures }: CheckResult): string {
  const off = figures.filter((figure) => figure.verdict !== 'pass');
  const told = fitting(off.length > 0 ? off : figures);
  const unit = told[0]?.unit ?? '';
  const suffix = unit === '' || unit === '%' ? unit : ` ${unit}`;
  const column = (of: (figure: JudgedFigure) => string): string => `${told.map(of).join(', ')}${suffix}`;
  return row(
    GLYPHS[verdict],
    name,
    column(truthOf),
    column(({ reading }) => amount(reading)),
    column(({ error }) => `${error > 0 ? '+' : ''}${amount(error)}`),
  );
}

/** What the exit code says, in a sentence, with what to do about it. */
/** @param inAll How many checks there are: a part of them says nothing of the machine as a whole. */
export function verdictLine(
  verdict: CheckVerdict,
  results: readonly CheckResult[],
  { tookMs, inAll }: { readonly tookMs: number; readonly inAll: number },
): string {
  const off = results.filter((result) => result.verdict !== 'pass').map(({ name }) => name);
  const partial = results.length < inAll;
  const took = `${results.length}${partial ? ` of ${inAll}` : ''} checks in ${(tookMs / 1e3).toFixed(0)} s`;
  switch (verdict) {
    case 'pass':
      return partial ? `✓ Held: ${took}.` : `✓ What is measured on this machine can be trusted: ${took}.`;
    case 'fail':
      return `✗ What is measured here can't be trusted: ${off.join(', ')} (${took}).`;
    case 'noisy':
      return `? The machine is too noisy to tell: ${off.join(', ')} (${took}). End what else runs on it, and try again.`;
  }
}

/** Returns the figures of one unit, which is told once. */
function fitting(figures: readonly JudgedFigure[]): JudgedFigure[] {
  const told: JudgedFigure[] = [];
  for (const figure of figures) {
    const text = [...told, figure].map(truthOf).join(', ');
    const fits = displayWidth(text) + figure.unit.length < COLUMNS.truth;
    if (told.length > 0 && (!fits || figure.unit !== told[0]?.unit)) break;
    told.push(figure);
  }
  return told;
}

function truthOf({ name, atMost = false, truth, tolerance }: JudgedFigure): string {
  return atMost ? `${name} ≤ ${amount(truth + tolerance)}` : `${name} ${amount(truth)}`;
}

function amount(value: number): string {
  return value.toFixed(Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : 1);
}

function row(glyph: string, name: string, truth: string, reading: string, error: string): string {
  const { name: nameWidth, truth: truthWidth, reading: readingWidth } = COLUMNS;
  return `${glyph} ${pad(name, nameWidth)} ${pad(truth, truthWidth)} ${pad(reading, readingWidth)} ${error}`;
}
