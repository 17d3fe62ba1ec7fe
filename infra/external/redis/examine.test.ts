import { expect, test } from 'vitest';
import { NO_NEEDS } from '../../backend.ts';
import { roomFindings } from './examine.ts';

const needs = { ...NO_NEEDS, connections: { ...NO_NEEDS.connections, redis: 40 } };
const findings = (info: string) => roomFindings(info, { server: 'REDIS_URL', needs });

test('a Redis has room for the clients of a run, or the finding counts them', () => {
  expect(findings('connected_clients:60\r\nmaxclients:100\r\n')).toEqual([]);
  expect(findings('connected_clients:60\r\n')).toEqual([]);
  expect(findings('connected_clients:61\r\nmaxclients:100\r\n')).toEqual([
    {
      server: 'REDIS_URL',
      what: 'maxclients',
      expected: 'room for 40 clients',
      got: '39 of 100, as 61 are connected',
      mend: 'CONFIG SET maxclients 101, or lower service.instances or the number of relays.',
    },
  ]);
});
