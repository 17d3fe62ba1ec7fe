import { CachestormError } from '../../failure/cachestorm-error.ts';

/** A threshold that can't be read. The message shows the place. */
export class ThresholdError extends CachestormError {
  readonly code = 'E_THRESHOLD';
  readonly failure = 'usage';
  override readonly name = 'ThresholdError';
  readonly expression: string;
  /** 0-based, in UTF-16 units of `expression`. */
  readonly position: number;
  readonly expected: string;
  readonly got: string;

  /** @param hint A sentence more, such as the nearest right name. */
  constructor(expression: string, position: number, expected: string, got: string, hint = '') {
    super(
      `expected ${expected} at column ${position + 1}, got ${got}.${hint}\n  ${oneLine(expression)}\n  ${' '.repeat(position)}^`,
    );
    this.expression = expression;
    this.position = position;
    this.expected = expected;
    this.got = got;
  }
}

/** So that the caret stands under its character, whatever white space there is. */
function oneLine(expression: string): string {
  return expression.replace(/[\s\p{Cc}]/gu, ' ');
}
