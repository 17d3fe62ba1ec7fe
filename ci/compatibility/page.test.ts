import { describe, expect, test } from 'vitest';
import { agrees, tablesOf, withTables } from './page.ts';
import type { Mark, ServerResults } from './results.ts';

function server(
  product: string,
  version: string,
  marks: Record<string, Mark>,
  provider = 'containers',
): ServerResults {
  const kind = product === 'rabbitmq' ? 'rabbitmq' : 'redis';
  return {
    kind,
    provider,
    identity: { product, version },
    features: new Map(Object.entries(marks)),
  };
}

const SERVERS = [
  server('valkey', '9.1.2', { scripts: 'works', 'key events': 'works' }),
  server('redis', '8.0.5-rc1', { 'key events': 'fails', scripts: 'works' }),
  server('redis', '7.0.15', { scripts: 'works' }),
  server('redis', '7.4.2', { scripts: 'works', 'key events': 'works' }, 'local'),
  server('redis', '7.0.15', { scripts: 'works', 'key events': 'not offered' }, 'external'),
  server('rabbitmq', '4.3.6', { confirms: 'not tried' }),
];
const TABLES = `## Redis and Valkey

| server | version | provider | key events | scripts |
| --- | --- | --- | --- | --- |
| Redis | 7.0 | containers | ? not tried | ✓ works |
| Redis | 7.0 | external | – not offered | ✓ works |
| Redis | 7.4 | local | ✓ works | ✓ works |
| Redis | 8.0 | containers | ✗ **fails** | ✓ works |
| Valkey | 9.1 | containers | ✓ works | ✓ works |

## RabbitMQ

| server | version | provider | confirms |
| --- | --- | --- | --- |
| RabbitMQ | 4.3 | containers | ? not tried |
`;
const PAGE = 'before\n<!-- results -->\nold\n<!-- /results -->\nafter\n';

test('the tables are the same whatever ended first', () => {
  expect(tablesOf(SERVERS)).toBe(TABLES);
  expect(tablesOf(SERVERS.toReversed())).toBe(TABLES);
});

test('they take the place of those that were there, and nothing else’s', () => {
  const page = withTables(PAGE, TABLES);
  expect(page).toBe(`before\n<!-- results -->\n\n${TABLES}\n<!-- /results -->\nafter\n`);
  expect(withTables(page, TABLES)).toBe(page);
  expect(() => withTables('no place', TABLES)).toThrow('no place for the tables');
});

test('a page agrees until a mark, a server or its first number changes', () => {
  const page = withTables(PAGE, TABLES);
  expect(agrees(PAGE, TABLES)).toBe(false);
  expect(agrees(page, TABLES)).toBe(true);
  expect(agrees(page, TABLES.replace('4.3', '4.11'))).toBe(true);
  expect(agrees(page, TABLES.replace('4.3', '5.3'))).toBe(false);
  expect(agrees(page, TABLES.replace('✗ **fails**', '✓ works'))).toBe(false);
  expect(agrees(page, TABLES.replace(/\| Valkey.*\n/, ''))).toBe(false);
});

describe('of servers of the machine', () => {
  const page = withTables(PAGE, TABLES);
  const local = '| Redis | 7.4 | local | ✓ works | ✓ works |\n';

  test('those are compared whose product, first number and provider the page has', () => {
    for (const provider of ['local', 'external']) {
      const changed = TABLES.replace(new RegExp(`(${provider} .*)✓ works`), '$1✗ **fails**');
      expect(changed).not.toBe(TABLES);
      expect(agrees(page, changed)).toBe(false);
    }
  });

  test('they may stand elsewhere, by the rest of their version', () => {
    const moved = TABLES.replace(local, '').replace('| Redis | 7.0', `${local.replace('7.4', '7.0')}$&`);
    expect(agrees(page, moved)).toBe(true);
  });

  test.each([
    ['another version', local.replace('7.4', '8.2')],
    ['another product', local.replace('Redis', 'Valkey')],
    ['another provider', local.replace('local', 'external').replace('7.4', '8.2')],
    ['none', ''],
  ])('%s is no reason to fail, whatever works on it', (_name, line) => {
    const other = line.replace('✓ works', '✗ **fails**');
    expect(agrees(page, TABLES.replace(local, other))).toBe(true);
  });

  test('the others are compared where they are missing', () => {
    const without = TABLES.replace(local, '');
    expect(agrees(page, without.replace(/\| Valkey.*\n/, ''))).toBe(false);
  });
});
