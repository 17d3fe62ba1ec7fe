import { InvalidArgumentError } from 'commander';
import { UsageError } from '../catalog/errors.ts';
import { didYouMean } from '../catalog/nearest.ts';
import { parseSetting, type Setting } from '../catalog/settings.ts';
import { syntaxProblem } from '../catalog/thresholds.ts';

/** Parsers of option values: each names what was expected and the nearest right name. */

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

export function positiveNumber(max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : 0;
    if (value > 0 && value <= max) return value;
    throw new InvalidArgumentError(`Expected a number above 0, to ${max}.`);
  };
}

export function oneOf<const T extends string>(names: readonly T[]): (text: string) => T {
  return (text) => {
    const found = names.find((name) => name === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`Expected one of ${names.join(', ')}.${didYouMean(text, names)}`);
  };
}

export function commaList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => name !== '')) return names;
  throw new InvalidArgumentError('Expected names with commas between them, such as none,mutex.');
}

/** Several of a set of names, with commas between them. */
export function severalOf(names: readonly string[]): (text: string) => string[] {
  const one = oneOf(names);
  return (text) => commaList(text).map(one);
}

/** Empty, it is most likely a variable that is not set, and would mean the working directory. */
export function directoryPath(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Expected the path of a directory, got an empty one.');
}

/** Parses what keys and queues of a run begin with; printable, as people will see them in their servers. */
export function namePrefix(text: string): string {
  if (/^[!-~]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected 1 to 64 letters, digits and signs, such as storm:');
}

/** For an option that may be given several times. */
export function settings(text: string, earlier: readonly Setting[]): Setting[] {
  try {
    return [...earlier, parseSetting(text)];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const told = error.problems.map(({ path, message }) =>
      path === '--set' ? message : `${path}: ${message}`,
    );
    throw new InvalidArgumentError(told.join('\n'));
  }
}

/** A threshold, read at once so that nothing starts with a wrong one; repeatable. */
export function thresholds(text: string, earlier: readonly string[]): string[] {
  const problem = syntaxProblem(text, '--threshold');
  if (problem !== null) throw new InvalidArgumentError(problem.message);
  return [...earlier, text];
}
