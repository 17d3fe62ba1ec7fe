import { expect, test } from 'vitest';
import { NO_NEEDS } from './backend.ts';
import { databaseFileFindings, hardFileLimit } from './open-files.ts';

const needs = { connections: { ...NO_NEEDS.connections, database: 3_216 } };

test('a database that may not open so many files is found out before it starts', () => {
  expect(databaseFileFindings(needs, null)).toEqual([]);
  expect(databaseFileFindings(needs, 4_216)).toEqual([]);
  expect(databaseFileFindings(needs, 4_215)).toEqual([
    {
      server: 'the local database',
      what: 'open files',
      expected: '4216, for 3216 connections',
      got: '4215 (ulimit -Hn)',
      mend: 'Raise that limit, or lower origin.poolSize, service.instances or the number of relays.',
    },
  ]);
});

test('the limit of this process is a number, or there is none', () => {
  expect(hardFileLimit() ?? 1_024).toBeGreaterThan(100);
});
