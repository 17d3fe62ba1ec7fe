/** `npm run schema`: writes the JSON Schema beside the code it is made from. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { resultJsonSchema } from './json-schema.ts';

await writeFile(fileURLToPath(new URL('./result.schema.json', import.meta.url)), resultJsonSchema());
