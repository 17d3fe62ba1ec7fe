import { didYouMean } from '../../catalog/nearest.ts';
import { isMetricName, type MetricName, metricFacts, metricNames } from '../../result/metrics.ts';
import { ThresholdError } from './error.ts';
import { faultWindows, type Limit, type Operator, type Threshold, type Window } from './threshold.ts';
import { shownToken, type Token, tokenize } from './tokens.ts';
import { factorOf, unitNames } from './units.ts';

/**
 * Reads one threshold:
 *
 *     threshold  = [ scope ":" ] metric operator limit [ "@" number "%" ] [ "over" window ]
 *     scope      = strategy [ "vs" other ] | "vs" other          other: a strategy or "baseline"
 *     operator   = "<" | "<=" | ">" | ">=" | "=="
 *     limit      = number [ unit ]                               without vs: 50  50ms  99%  64MiB  300/s
 *                | [ "+" | "-" ] number "%"                      with vs: 10% of the other; +10% more than it
 *     window     = "all" | ("before" | "during" | "after") [ "(" fault ")" ]
 *
 * @throws ThresholdError, and nothing else, with the position of what is wrong.
 */
export function parseThreshold(expression: string): Threshold {
  const reader = new Reader(expression);
  const { strategy, against } = scope(reader);
  const metric = metricName(reader);
  const operator = reader.take('operator', 'one of < <= > >= ==').text as Operator;
  const limit = against === null ? absoluteLimit(reader, metric) : relativeLimit(reader);
  const confidencePercent = reader.skip('@') ? confidenceOf(reader) : null;
  const window: Window = reader.skip('over') ? windowOf(reader) : { kind: 'all' };
  const rest = confidencePercent === null && window.kind === 'all' ? '"@", "over" or the end' : 'the end';
  reader.take('end', rest);
  return { strategy, against, metric, operator, limit, confidencePercent, window };
}

function scope(reader: Reader): Pick<Threshold, 'strategy' | 'against'> {
  // Only a colon or "vs" tells a strategy's name from a metric's.
  const named = reader.peek().kind === 'word' && reader.peek().text !== 'vs';
  const strategy = named && [':', 'vs'].includes(reader.peek(1).text) ? reader.next().text : null;
  const against = reader.skip('vs') ? reader.take('word', 'a strategy or "baseline"').text : null;
  if (strategy !== null || against !== null) reader.takeMark(':');
  return { strategy, against };
}

function metricName(reader: Reader): MetricName {
  const token = reader.take('word', 'a metric such as latency.response.p99');
  if (isMetricName(token.text)) return token.text;
  throw reader.error(
    token,
    'the name of a metric',
    `${didYouMean(token.text, metricNames)} The metrics are ${metricNames.join(', ')}.`,
  );
}

function absoluteLimit(reader: Reader, metric: MetricName): Limit {
  const value = numberOf(reader, 'a number');
  const unit = reader.peek();
  const text = unitOf(reader);
  if (factorOf(metric, text) !== null) return { kind: 'value', value, unit: text };
  const hint =
    text === '%' ? ` ${metric} is no share; for a share of another strategy's write "vs baseline: ..."` : '';
  throw reader.error(unit, `${unitNames(metric)}, as ${metric} is in ${unitWord(metric)},`, hint);
}

/** `%`, `/s`, `ms`, or '' where none stands. */
function unitOf(reader: Reader): string {
  if (reader.skip('%')) return '%';
  if (reader.peek().text === '/') return reader.next().text + reader.take('word', '"s"').text;
  const word = reader.peek();
  return word.kind === 'word' && word.text !== 'over' ? reader.next().text : '';
}

function unitWord(metric: MetricName): string {
  const { unit } = metricFacts[metric];
  return unit === 'count' || unit === 'ratio' ? 'plain numbers' : unit === 'fraction' ? 'shares of 1' : unit;
}

function relativeLimit(reader: Reader): Limit {
  const sign = reader.skip('+') ? 1 : reader.skip('-') ? -1 : 0;
  const token = reader.peek();
  const value = numberOf(reader, 'a percentage such as 10% or +10%');
  reader.takeMark('%');
  if (sign === 0) return { kind: 'share', percent: value };
  if (sign < 0 && value > 100) throw reader.error(token, 'at most 100 after a minus');
  return { kind: 'change', percent: sign * value || 0 };
}

function confidenceOf(reader: Reader): number {
  const token = reader.peek();
  const percent = numberOf(reader, 'a confidence such as 95%');
  if (percent < 50 || percent >= 100) throw reader.error(token, 'a confidence from 50% to below 100%');
  reader.takeMark('%');
  return percent;
}

function windowOf(reader: Reader): Window {
  const token = reader.take('word', 'a window');
  if (token.text === 'all') return { kind: 'all' };
  const kind = faultWindows.find((name) => name === token.text);
  const names = ['all', ...faultWindows];
  if (kind === undefined)
    throw reader.error(token, `one of ${names.join(', ')}`, didYouMean(token.text, names));
  if (!reader.skip('(')) return { kind, fault: null };
  const fault = reader.take('word', 'the name of a fault').text;
  reader.takeMark(')');
  return { kind, fault };
}

function numberOf(reader: Reader, expected: string): number {
  const token = reader.take('number', expected);
  const value = Number(token.text);
  if (Number.isFinite(value)) return value;
  throw reader.error(token, 'a number below 1e308');
}

/** The tokens, one after the other. */
class Reader {
  readonly #expression: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(expression: string) {
    this.#expression = expression;
    this.#tokens = tokenize(expression);
  }

  peek(ahead = 0): Token {
    const end = { kind: 'end', text: '', position: this.#expression.length } as const;
    return this.#tokens[this.#at + ahead] ?? end;
  }

  next(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** Takes the token if it reads so. */
  skip(text: string): boolean {
    const fits = this.peek().text === text;
    if (fits) this.#at += 1;
    return fits;
  }

  take(kind: Token['kind'], expected: string): Token {
    if (this.peek().kind !== kind) throw this.error(this.peek(), expected);
    return this.next();
  }

  takeMark(text: string): void {
    if (!this.skip(text)) throw this.error(this.peek(), JSON.stringify(text));
  }

  error(token: Token, expected: string, hint = ''): ThresholdError {
    return new ThresholdError(this.#expression, token.position, expected, shownToken(token), hint);
  }
}
