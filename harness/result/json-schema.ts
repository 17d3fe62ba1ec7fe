import { z } from 'zod';
import { resultSchema } from './schema.ts';

/** The published JSON Schema (draft 2020-12) of `result.json`, as text. */
export function resultJsonSchema(): string {
  // `input`: unknown fields are allowed, as a later minor version adds some.
  const schema = z.toJSONSchema(resultSchema, { target: 'draft-2020-12', io: 'input' });
  const titled = { ...schema, title: 'cachestorm result', description: 'One run of cachestorm, judged.' };
  return `${JSON.stringify(titled, null, 2)}\n`;
}
