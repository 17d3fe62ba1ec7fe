import { expect, test } from 'vitest';
import { Flights } from './flights.ts';

test('who asks for the same key meanwhile shares one piece of work, and its failure', async () => {
  const flights = new Flights<string>();
  const work = Promise.withResolvers<string>();
  let begun = 0;
  const begin = () => {
    begun++;
    return work.promise;
  };
  const shared = Promise.allSettled([flights.share('a', begin), flights.share('a', begin)]);
  expect(flights.has('a')).toBe(true);
  work.reject(new Error('no'));
  expect((await shared).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(begun).toBe(1);
  expect(flights.has('a')).toBe(false);
  expect(await flights.share('a', async () => 'anew')).toBe('anew');
});

test('is deserted when the last who waits has hung up, not before', () => {
  const flights = new Flights<string>();
  const [one, two] = [new AbortController(), new AbortController()];
  let deserted: AbortSignal | undefined;
  const begin = (signal: AbortSignal) => {
    deserted = signal;
    return new Promise<string>(() => undefined);
  };
  void flights.share('a', begin, one.signal);
  void flights.share('a', begin, two.signal);
  one.abort();
  expect(deserted?.aborted).toBe(false);
  two.abort();
  expect(deserted?.aborted).toBe(true);
});

test('who had hung up before it began does not wait for it', () => {
  const flights = new Flights<string>();
  let deserted: AbortSignal | undefined;
  const begin = (signal: AbortSignal) => {
    deserted = signal;
    return new Promise<string>(() => undefined);
  };
  void flights.share('a', begin, AbortSignal.abort());
  expect(deserted?.aborted).toBe(true);
});

test('is never deserted by one who can’t hang up', () => {
  const flights = new Flights<string>();
  const one = new AbortController();
  let deserted: AbortSignal | undefined;
  const begin = (signal: AbortSignal) => {
    deserted = signal;
    return new Promise<string>(() => undefined);
  };
  void flights.share('a', begin);
  void flights.share('a', begin, one.signal);
  one.abort();
  expect(deserted?.aborted).toBe(false);
});
