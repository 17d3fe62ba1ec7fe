import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { resultJsonSchema } from './json-schema.ts';
import { resultSchema, SCHEMA_VERSION } from './schema.ts';

test('the published JSON Schema is the one that the code makes (npm run schema)', async () => {
  const published = await readFile(new URL('./result.schema.json', import.meta.url), 'utf8');
  expect(published).toBe(resultJsonSchema());
});

test('a reader of version 1 takes every 1.x, and no other', () => {
  const version = resultSchema.shape.schemaVersion;
  for (const good of [SCHEMA_VERSION, '1.7', '1.12']) expect(version.safeParse(good).success).toBe(true);
  for (const bad of ['2.0', '1', '10.0', '']) expect(version.safeParse(bad).success).toBe(false);
});
