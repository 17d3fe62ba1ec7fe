import { afterEach, expect, test, vi } from 'vitest';
import { readRoom } from './machine.ts';

afterEach(() => vi.unstubAllEnvs());

test('knows the room of this machine where servers run here, and nothing of others', async () => {
  const here = await readRoom(true);
  expect(here.memoryBytes).toBeGreaterThan(0);
  expect(here.diskBytes).toBeGreaterThan(0);
  expect(await readRoom(false)).toMatchObject({ memoryBytes: null, diskBytes: null });
});

test('does not know the room of a TMPDIR that is not there', async () => {
  vi.stubEnv('TMPDIR', '/not-there');
  expect(await readRoom(true)).toMatchObject({ diskBytes: null });
});
