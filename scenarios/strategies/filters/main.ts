/**
 * `npm run filters [-- --write]`: measures how often each filter errs, beside its formula, and prints the table;
 * `--write` puts it into docs/filters.md. Everything is seeded: the figures are the same each time.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { filterContenders } from './contenders.ts';
import { measureFilter, TABLE_HEAD, tableRow } from './measure.ts';

const PAGE = new URL('../../../docs/filters.md', import.meta.url);
const SIZES = [1_000, 10_000, 100_000];
const TARGETS = [0.05, 0.01, 0.001];

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const lines = [...TABLE_HEAD.split('\n')];
process.stdout.write(`${TABLE_HEAD}\n`);
for (const contender of filterContenders) {
  for (const keys of SIZES) {
    for (const target of TARGETS) {
      const row = tableRow(measureFilter(contender, keys, target));
      process.stdout.write(`${row}\n`);
      lines.push(row);
    }
  }
}
if (values.write) {
  const page = await readFile(PAGE, 'utf8');
  const parts = /^(.*<!-- measured -->\n).*(<!-- \/measured -->.*)$/s.exec(page);
  if (parts === null) throw new Error(`${PAGE.pathname} has no place for the table`);
  await writeFile(PAGE, `${parts[1]}${lines.join('\n')}\n${parts[2]}`);
}
