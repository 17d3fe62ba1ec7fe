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

/** Returns a value as an error shows it: type and, shortened, the value. Never throws, whatever a user's file holds. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'function':
      return 'a function';
    case 'number':
      return `number ${value}`;
    case 'bigint':
    case 'symbol':
      return `${typeof value} ${shortened(value.toString())}`;
  }
  try {
    const text = shortened(JSON.stringify(value, writtenOut));
    return `${Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value} ${text}`;
  } catch {
    // It refers to itself, or its own code throws.
    return 'an object that can’t be read';
  }
}

/** Numbers that JSON shows as null, or throws at. */
function writtenOut(_key: string, value: unknown): unknown {
  const strange = typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value));
  return strange ? String(value) : value;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Returns what a user's own code threw, in words. Never throws: an error, too, may be made to. */
export function thrownWords(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return String(thrown.message);
  } catch {
    // Its message is code of its own.
  }
  return `its own code threw ${shown(thrown)}`;
}
