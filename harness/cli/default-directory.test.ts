import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { MAX_NAME } from '../scenario/text.ts';
import { defaultDirectory } from './default-directory.ts';

const AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

test('a directory is named by its time and scenarios', () => {
  expect(defaultDirectory(['breakdown'], AT_MS)).toBe('cachestorm-runs/2026-01-02T03-04-05-breakdown');
  expect(defaultDirectory(['a', 'b', 'c'], AT_MS)).toMatch(/-a\+b\+c$/);
});

test('of many scenarios it names the first, so that a file system takes it', () => {
  const all = Array.from({ length: 40 }, (_, index) => `${index}`.padEnd(MAX_NAME, 'x'));
  const name = basename(defaultDirectory(all, AT_MS));
  expect(name).toMatch(/\+37-more$/);
  expect(name.length).toBeLessThanOrEqual(255);
});
