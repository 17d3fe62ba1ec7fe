import { ThresholdError } from './error.ts';
import { operators } from './threshold.ts';

export interface Token {
  readonly kind: 'word' | 'number' | 'operator' | 'mark' | 'end';
  readonly text: string;
  /** 0-based. */
  readonly position: number;
}

const SPACE = /\s*/y;
/** Names of metrics, strategies and faults. */
const WORD = /[a-z_][\w.+-]*/iy;
const NUMBER = /\d+(\.\d+)?(e[+-]?\d+)?/iy;
const MARKS = ':@%()+-/';

/** Splits an expression; the last token is `end`. */
export function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = position;
    return pattern.exec(expression)?.[0] ?? '';
  };
  for (;;) {
    position += match(SPACE).length;
    const token = nextToken(expression, position, match);
    tokens.push(token);
    if (token.kind === 'end') return tokens;
    position += token.text.length;
  }
}

function nextToken(expression: string, position: number, match: (pattern: RegExp) => string): Token {
  if (position >= expression.length) return { kind: 'end', text: '', position };
  const number = match(NUMBER);
  if (number !== '') return { kind: 'number', text: number, position };
  const word = match(WORD);
  if (word !== '') return { kind: 'word', text: word, position };
  const operator = operators.find((candidate) => expression.startsWith(candidate, position));
  if (operator !== undefined) return { kind: 'operator', text: operator, position };
  const character = String.fromCodePoint(expression.codePointAt(position) ?? 0);
  if (MARKS.includes(character)) return { kind: 'mark', text: character, position };
  throw new ThresholdError(
    expression,
    position,
    'a name, a number, %, @ or one of < <= > >= ==',
    shownToken({ kind: 'mark', text: character, position }),
  );
}

export function shownToken({ kind, text }: Token): string {
  return kind === 'end' ? 'the end' : JSON.stringify(text);
}
