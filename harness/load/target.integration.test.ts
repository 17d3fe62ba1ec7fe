import { expect, it } from 'vitest';
import { startTruthServer, type TruthServer } from '../selfcheck/truth-server.ts';
import { Flight } from './flight.ts';
import { Target } from './target.ts';

const paths = (server: TruthServer): string[] => server.received.map(({ path }) => path);

it('frees the connection of a withdrawn flight, and skips those withdrawn while they waited', async () => {
  await using server = await startTruthServer({ behave: (index) => (index === 0 ? 'hang' : 'ok') });
  const answered = Promise.withResolvers<Flight>();
  const target = new Target(
    { url: server.url, maxConnections: 1, timeoutMs: 1_000 },
    {
      onSent: (flight) => {
        flight.sentUs = 0;
      },
      onAnswer: answered.resolve,
      onFailure: (_flight, code) => answered.reject(new Error(code)),
    },
  );
  const [hanging, expired, next] = ['/hanging', '/expired', '/next'].map((path) => new Flight(0, path, true));
  if (hanging === undefined || expired === undefined || next === undefined) throw new Error('unreachable');
  for (const flight of [hanging, expired, next]) target.send(flight);
  await server.reached(1);
  for (const flight of [hanging, expired]) {
    flight.settled = true;
    target.withdraw(flight);
  }
  expect(await answered.promise).toBe(next);
  expect(paths(server)).toEqual(['/hanging', '/next']);
  expect(server.connections).toBe(2);
  expect([hanging.sent, expired.sent, next.status]).toEqual([true, false, 200]);
  await target.close();
});

it('tells nothing of a flight after it was closed', async () => {
  await using server = await startTruthServer({ behave: () => 'hang' });
  const told: string[] = [];
  const target = new Target(
    { url: server.url, maxConnections: 1, timeoutMs: 1_000 },
    {
      onSent: () => {},
      onAnswer: ({ path }) => told.push(path),
      onFailure: ({ path }) => told.push(path),
    },
  );
  for (const path of ['/first', '/second']) target.send(new Flight(0, path, true));
  await server.reached(1);
  await target.close();
  expect(told).toEqual([]);
  expect(paths(server)).toEqual(['/first']);
});
