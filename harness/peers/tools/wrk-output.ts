/**
 * What wrk and wrk2 print, which is the same but for the names of the percentiles. A unit of one letter is followed
 * by a blank, so that the digits stand in columns.
 */
import { sum } from '../../analysis/statistics/summary.ts';
import { ToolOutputError } from '../tool.ts';

const UNITS_MS: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 3.6e6 };

/** The fields of one such output. */
export class WrkOutput {
  readonly #tool: string;
  readonly #text: string;

  constructor(tool: string, text: string) {
    this.#tool = tool;
    this.#text = text;
  }

  /** A time in the first group of the pattern, such as `438.42us`, in milliseconds. @throws ToolOutputError */
  ms(pattern: RegExp, what: string): number {
    const [, amount, unit] = /^([\d.]+)(us|ms|s|m|h)$/.exec(this.#group(pattern, what)) ?? [];
    const factor = UNITS_MS[unit ?? ''];
    if (amount === undefined || factor === undefined) throw new ToolOutputError(this.#tool, what, this.#text);
    return Number(amount) * factor;
  }

  /** A number in the first group of the pattern. @throws ToolOutputError */
  count(pattern: RegExp, what: string): number {
    return Number(this.#group(pattern, what));
  }

  answers(): number {
    return this.count(/^ *(\d+) requests in /m, 'the number of requests');
  }

  /** The line is there only when there were some. */
  errors(): number {
    const pattern = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/;
    const [, ...counts] = pattern.exec(this.#text) ?? [];
    return sum(counts.map(Number));
  }

  #group(pattern: RegExp, what: string): string {
    const found = pattern.exec(this.#text)?.[1];
    if (found === undefined) throw new ToolOutputError(this.#tool, what, this.#text);
    return found;
  }
}
