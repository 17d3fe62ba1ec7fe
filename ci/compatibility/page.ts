/** The tables of docs/compatibility.md: the same for the same results, in whatever order they came. */
import { isDeepStrictEqual } from 'node:util';
import type { Mark, ServerResults } from './results.ts';

const BEGIN = '<!-- results -->\n';
const END = '<!-- /results -->';

/** With a word each: neither colour nor sign alone says it. */
const CELLS: Readonly<Record<Mark, string>> = {
  works: '✓ works',
  fails: '✗ **fails**',
  'not tried': '? not tried',
  'not offered': '– not offered',
};
const KINDS: readonly (readonly [kind: string, title: string])[] = [
  ['redis', 'Redis and Valkey'],
  ['database', 'MariaDB and MySQL'],
  ['rabbitmq', 'RabbitMQ'],
];
const PRODUCTS: Readonly<Record<string, string>> = {
  redis: 'Redis',
  valkey: 'Valkey',
  mariadb: 'MariaDB',
  mysql: 'MySQL',
  rabbitmq: 'RabbitMQ',
};

/** A table a kind of server: a line a server, a column a feature, both sorted. */
export function tablesOf(servers: readonly ServerResults[]): string {
  return KINDS.map(([kind, title]) => {
    const rows = servers.filter((server) => server.kind === kind);
    return rows.length === 0 ? '' : `## ${title}\n\n${tableOf(rows)}\n`;
  })
    .filter((text) => text !== '')
    .join('\n');
}

function tableOf(servers: readonly ServerResults[]): string {
  const features = [...new Set(servers.flatMap((server) => [...server.features.keys()]))].sort(byText);
  const rows = servers.map(({ identity, provider, features: marks }) => [
    PRODUCTS[identity?.product ?? ''] ?? identity?.product ?? '?',
    shortVersion(identity?.version ?? '?'),
    provider,
    ...features.map((feature) => CELLS[marks.get(feature) ?? 'not tried']),
  ]);
  rows.sort((a, b) => byText(a.join(' '), b.join(' ')));
  const head = ['server', 'version', 'provider', ...features];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Of `10.11.14-MariaDB`, `10.11`: what comes after it mends, and changes often. */
function shortVersion(version: string): string {
  return /^\d+\.\d+/.exec(version)?.[0] ?? version;
}

const byText = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true });

/** @throws Error when the page has no place for them */
export function withTables(page: string, tables: string): string {
  const [before, after] = partsOf(page);
  return `${before}\n${tables}\n${after}`;
}

/**
 * Whether the page says of these servers what the tables do. Of versions the first number only: the packages behind
 * the images move on by themselves, and that is no reason to fail. Nor is another server on another machine: where it is
 * not an image's, only those are compared that both have.
 */
export function agrees(page: string, tables: string): boolean {
  const [said, seen] = [page, withTables(page, tables)].map((text) => withoutMinor(text).split('\n'));
  return isDeepStrictEqual(comparable(said, seen), comparable(seen, said));
}

const OF_THE_MACHINE = /^\| \w+ \| \S+ \| (local|external) \|/;

/** In one order: the places of servers depend on the rest of their versions. */
function comparable(lines: readonly string[] = [], others: readonly string[] = []): readonly string[] {
  const isThere = (server: string) => others.some((line) => line.startsWith(server));
  return lines.filter((line) => isThere(OF_THE_MACHINE.exec(line)?.[0] ?? '')).toSorted();
}

const withoutMinor = (text: string) => text.replaceAll(/^(\| \w+ \| \d+)\.\d+ /gm, '$1 ');

function partsOf(page: string): readonly [string, string] {
  const begin = page.indexOf(BEGIN) + BEGIN.length;
  const end = page.indexOf(END);
  if (begin < BEGIN.length || end < begin) throw new Error('the page has no place for the tables');
  return [page.slice(0, begin), page.slice(end)];
}
