import { parseThreshold } from '../analysis/thresholds/parse.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Problem } from './errors.ts';
import { didYouMean } from './nearest.ts';
import { syntaxProblem } from './thresholds.ts';

/** Finds what is wrong with a scenario's claims as such: their thresholds, and the variants that they name. */
export function claimProblems({ claims, variants }: Pick<Scenario, 'claims' | 'variants'>): Problem[] {
  const names = variants.map(({ name }) => name);
  return claims.flatMap(({ cases }, index) =>
    cases.flatMap(({ variant, holds }, nth) => {
      const path = `claims.${index}.cases.${nth}`;
      return [
        ...variantProblem(variant, names, `${path}.variant`),
        ...holds.flatMap((expression, at) => thresholdProblem(expression, `${path}.holds.${at}`) ?? []),
      ];
    }),
  );
}

function variantProblem(variant: string | null, names: readonly string[], path: string): Problem[] {
  if (variant === null || names.includes(variant)) return [];
  const expected = names.length > 0 ? `expected one of ${names.join(', ')}` : 'this scenario has none';
  return [{ path, message: `no variant "${variant}"; ${expected}.${didYouMean(variant, names)}` }];
}

/** One without a name would be about whoever runs, and so say something else in every run. */
function thresholdProblem(expression: string, path: string): Problem | null {
  const problem = syntaxProblem(expression, path);
  if (problem !== null || parseThreshold(expression).strategy !== null) return problem;
  return {
    path,
    message: `"${expression}" names no strategy; expected one before it, as in "mutex: db.loadsPerExpiry < 1.5"`,
  };
}
