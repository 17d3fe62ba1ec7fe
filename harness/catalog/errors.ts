import { CachestormError } from '../failure/cachestorm-error.ts';

/** One thing wrong in what the user gave. */
export interface Problem {
  /** Where: an option, a file, or a path such as `origin.queryMs`. */
  readonly path: string;
  /** What was expected and what came, with the nearest right name if there is one. */
  readonly message: string;
}

/** The command line, a scenario or a strategy is wrong. Nothing was started. Exit code 2. */
export class UsageError extends CachestormError {
  readonly code = 'E_USAGE';
  readonly failure = 'usage';
  override readonly name = 'UsageError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
    this.problems = problems;
  }
}

/** A value as an error shows it: type and, shortened, the value. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  const text = JSON.stringify(value) ?? String(value);
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return `${Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value} ${short}`;
}
