import { expect, test } from 'vitest';
import { BackendStoppedError, CleanUpError } from '../../infra/errors.ts';
import { UsageError } from '../catalog/errors.ts';
import { GeneratorLostError } from '../load/generator-error.ts';
import { RelayLostError } from '../relay/instance.ts';
import { TruthServerLostError } from '../selfcheck/truth-process.ts';
import { ServiceLostError } from '../service/instance.ts';
import { SettleError } from '../trial/settle.ts';
import { exitCodeOfError, exitCodes } from './exit-codes.ts';
import { failureText } from './failure-text.ts';
import { InterruptedError } from './interrupts.ts';

test.each([GeneratorLostError, RelayLostError, ServiceLostError, TruthServerLostError])(
  'a process that was lost is a failure of the infrastructure: %s',
  (LostError) => {
    const error = new LostError('it', { code: 1, signal: null, stderr: 'why' });
    expect(error.message).toBe('it ended (exit code 1): why');
    expect(exitCodeOfError(error)).toBe(exitCodes.infrastructure);
  },
);

test.each([
  [new UsageError([{ path: '--out', message: 'expected a path, got nothing' }]), 2],
  [new BackendStoppedError('Redis', 'pause'), 3],
  [new SettleError('3 queries are still under way'), 4],
  [new InterruptedError('interrupted by SIGINT'), 130],
])('the class of an error says its exit code: %s', (error, code) => {
  expect(exitCodeOfError(error)).toBe(code);
  expect(failureText(error)).not.toContain('bug');
});

test.each([
  new TypeError('x is not a function'),
  Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
  Object.assign(new Error('a driver of ours with a code'), { code: 'E_PROBE' }),
  'a string',
])('what has no class of ours is a bug, no noise and no verdict: %s', (error) => {
  expect(exitCodeOfError(error)).toBe(70);
  expect(failureText(error)).toContain('this is a bug in cachestorm');
});

test('a clean-up that fails, too, does not hide why the command ended', () => {
  const cleanUp = new CleanUpError('redis', new Error('stuck'));
  const error = new SuppressedError(
    cleanUp,
    new SuppressedError(cleanUp, new BackendStoppedError('Redis', 'pause')),
  );
  expect(exitCodeOfError(error)).toBe(3);
  expect(failureText(error)).toBe("error: can't pause Redis: it is not running [E_BACKEND_STOPPED]\n");
});

test('a bug is told with its stack, its causes and what to report', () => {
  const error = new Error('no such trial', { cause: new TypeError('undefined is not iterable') });
  const text = failureText(error);
  expect(text).toContain(`Node ${process.version}`);
  expect(text).toContain('exit-codes.test.ts');
  expect(text).toContain('caused by: TypeError: undefined is not iterable');
});
