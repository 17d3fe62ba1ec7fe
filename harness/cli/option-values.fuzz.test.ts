/** Whatever text is given to an option is taken, or refused with a message: nothing else ever happens. */
import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duration } from './duration.ts';
import { imageOption } from './image-option.ts';
import { keyPopularity } from './load/keys-option.ts';
import { targetUrl } from './load/target-url.ts';
import {
  commaList,
  namePrefix,
  oneOf,
  positiveNumber,
  settings,
  severalOf,
  thresholds,
  wholeNumber,
} from './options.ts';

const PIECES = [
  ...['constructor', '__proto__', 'toString', 'length', 'hot', 'zipf', 'missing', 'redis', 'mutex', 'none'],
  ...[
    '=',
    ':',
    ',',
    '.',
    '-',
    '+',
    '%',
    '/',
    '{item}',
    '@',
    ' ',
    '\u202e',
    '\u001b[2J',
    '\ud800',
    '9'.repeat(400),
  ],
  ...['0', '1', '1.5', '-1', '1e999', 'NaN', 'Infinity', 'ms', 's', 'h', 'http://', 'localhost', '[::1]'],
];

const text = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);

test.each<[string, (given: string) => unknown]>([
  ['--keys', keyPopularity],
  ['--image', (given) => imageOption(given, { redis: 'redis:8' })],
  ['--duration', duration(1, 86_400_000)],
  ['--rounds', wholeNumber(1, 100)],
  ['--rate', positiveNumber(100_000)],
  ['--profile', oneOf(['smoke', 'standard', 'publish'])],
  ['--strategy', commaList],
  ['--check', severalOf(['wire-fin', 'freeze'])],
  ['--key-prefix', namePrefix],
  ['--set', (given) => settings(given, [])],
  ['--threshold', (given) => thresholds(given, [])],
  ['url', targetUrl],
])('%s', (_option, parse) => {
  fc.assert(
    fc.property(text, (given) => {
      try {
        expect(parse(given)).toBeDefined();
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw error;
        expect(error.message).not.toBe('');
      }
    }),
    { numRuns: 200 },
  );
});
