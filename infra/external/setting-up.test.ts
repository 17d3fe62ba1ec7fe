import { expect, test } from 'vitest';
import { UnfitServersError } from '../errors.ts';
import { settingUp } from './setting-up.ts';

const never = new AbortController().signal;
const failing = (error: Error, signal = never) =>
  settingUp('MYSQL_URL (h:1)', ['Cs1-abc'], signal, () => Promise.reject(error));

test('a refusal that nobody could foresee is told without passwords', async () => {
  const error = new Error("near 'IDENTIFIED BY 'Cs1-abc'' for mysql://me:secret@h");
  await expect(failing(error)).rejects.toMatchObject({
    code: 'E_UNFIT_SERVERS',
    findings: [{ got: "near 'IDENTIFIED BY '****'' for mysql://****@h" }],
  });
});

test('a clean-up that fails, too, hides neither a refusal nor a finding', async () => {
  const cleanUp = new Error('connection lost');
  const after = (error: Error) => failing(new SuppressedError(cleanUp, error, 'An error was suppressed'));
  await expect(after(new Error('no room'))).rejects.toMatchObject({ findings: [{ got: 'no room' }] });
  const found = new UnfitServersError([]);
  await expect(after(found)).rejects.toBe(found);
});

test('an interruption and a finding are passed on', async () => {
  const found = new UnfitServersError([]);
  await expect(failing(found)).rejects.toBe(found);
  const reason = new Error('interrupted');
  await expect(failing(reason, AbortSignal.abort(reason))).rejects.toBe(reason);
});
