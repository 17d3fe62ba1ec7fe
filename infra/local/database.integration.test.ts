import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeDatabase } from '../contract/database.suite.ts';
import { describeFeature, describeServer } from '../contract/feature.ts';
import { startStack } from '../stack.ts';
import { localDatabase } from './database.ts';

const SLOW_MS = 60_000;

describeServer({ kind: 'database', provider: 'local' }, () => {
  describeFeature('statement counts per user, accounts', () => {
    describeDatabase('the local database', localDatabase);
  });
});

describe('the template of a data directory', { timeout: SLOW_MS }, () => {
  it('is made once by runs at the same time, and leaves no draft', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'test-template-'));
    try {
      const templatePath = join(cache, 'template');
      const start = (index: number) =>
        startStack({
          backends: [localDatabase({ templatePath })],
          runId: `test-template-${index}-${process.pid}`,
          signal: new AbortController().signal,
        });
      const stacks = await Promise.all([start(0), start(1)]);
      for (const stack of stacks) await stack[Symbol.asyncDispose]();
      expect(await readdir(cache)).toEqual(['template']);
    } finally {
      await rm(cache, { recursive: true, force: true });
    }
  });
});
