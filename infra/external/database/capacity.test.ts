import { expect, test } from 'vitest';
import { NO_NEEDS } from '../../backend.ts';
import { capacityFindings } from './capacity.ts';

const ENOUGH = {
  max_connections: '500',
  max_user_connections: '0',
  max_allowed_packet: '16777216',
  max_statement_time: '0.000000',
};
const NEEDS = {
  ...NO_NEEDS,
  connections: { ...NO_NEEDS.connections, database: 400 },
  valueBytes: 1_000_000,
  queryMs: 20,
};

function findings(changed: Readonly<Record<string, string>>, inUse = 100) {
  const variables = new Map(Object.entries({ ...ENOUGH, ...changed }));
  return capacityFindings('MYSQL_URL', { variables }, NEEDS, inUse).map(
    ({ what, expected, got, mend }) => `${what}: ${expected}; ${got}. ${mend}`,
  );
}

test('what the server has room for is no finding', () => {
  expect(findings({})).toEqual([]);
  expect(findings({ max_user_connections: '400', max_execution_time: '41' })).toEqual([]);
});

const FEWER = 'or lower origin.poolSize, service.instances or the number of relays.';

test.each<[Readonly<Record<string, string>>, number, string]>([
  [
    {},
    101,
    `max_connections: room for 400 connections; 399 of 500, as 101 are in use. SET GLOBAL max_connections = 501; ${FEWER}`,
  ],
  [
    { max_user_connections: '399' },
    0,
    `max_user_connections: 0, or 400 at least; 399. SET GLOBAL max_user_connections = 400; ${FEWER}`,
  ],
  [
    { max_allowed_packet: '1048576' },
    0,
    'max_allowed_packet: 1065536 bytes at least, for values of 1000000 bytes; 1048576. SET GLOBAL max_allowed_packet = 1065984; or lower dataset.valueBytes.',
  ],
  [
    { max_statement_time: '0.040000' },
    0,
    'max_statement_time: 0, or more than twice origin.queryMs (20 ms); 40 ms. SET GLOBAL max_statement_time = 0; or lower origin.queryMs.',
  ],
  [
    { max_execution_time: '40' },
    0,
    'max_execution_time: 0, or more than twice origin.queryMs (20 ms); 40 ms. SET GLOBAL max_execution_time = 0; or lower origin.queryMs.',
  ],
])('%j with %d in use', (changed, inUse, finding) => {
  expect(findings(changed, inUse)).toEqual([finding]);
});
