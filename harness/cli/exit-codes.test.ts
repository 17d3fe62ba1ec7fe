import { expect, test } from 'vitest';
import { GeneratorLostError } from '../load/generator-error.ts';
import { RelayLostError } from '../relay/instance.ts';
import { TruthServerLostError } from '../selfcheck/truth-process.ts';
import { ServiceLostError } from '../service/instance.ts';
import { exitCodeOfError, exitCodes } from './exit-codes.ts';

test.each([GeneratorLostError, RelayLostError, ServiceLostError, TruthServerLostError])(
  'a process that was lost is a failure of the infrastructure: %s',
  (LostError) => {
    const error = new LostError('it', { code: 1, signal: null, stderr: 'why' });
    expect(error.message).toBe('it ended (exit code 1): why');
    expect(exitCodeOfError(error)).toBe(exitCodes.infrastructure);
  },
);

test('what went wrong with the measurement itself leaves it inconclusive', () => {
  expect(exitCodeOfError(new Error('oops'))).toBe(exitCodes.inconclusive);
});
