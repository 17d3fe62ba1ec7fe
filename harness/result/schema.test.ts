import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { resultJsonSchema } from './json-schema.ts';
import { resultSchema, SCHEMA_VERSION } from './schema.ts';

test('the published JSON Schema is the one that the code makes (npm run schema)', async () => {
  const published = await readFile(new URL('./result.schema.json', import.meta.url), 'utf8');
  expect(published).toBe(resultJsonSchema());
});

test('a reader of version 2 takes every 2.x and 1.x, and no other', () => {
  const version = resultSchema.shape.schemaVersion;
  for (const good of [SCHEMA_VERSION, '1.0', '1.12', '2.7'])
    expect(version.safeParse(good).success).toBe(true);
  for (const bad of ['3.0', '1', '2', '10.0', '20.0', '']) expect(version.safeParse(bad).success).toBe(false);
});
