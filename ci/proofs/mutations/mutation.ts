/** One number made wrong, and the unit tests that have to notice. */
export interface Mutation {
  /** Path from the root. */
  readonly file: string;
  /** What it makes wrong. */
  readonly wrong: string;
  /** Occurs once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly tests: readonly string[];
}

type Change = readonly [wrong: string, find: string, replace: string];

export function inFile(file: string, tests: readonly string[], changes: readonly Change[]): Mutation[] {
  return changes.map(([wrong, find, replace]) => ({ file, wrong, find, replace, tests }));
}

export const ANALYSIS = 'harness/analysis';
export const DEFINITIONS = `${ANALYSIS}/metric-definitions.test.ts`;
