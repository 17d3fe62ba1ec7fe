import { describe, expect, it } from 'vitest';
import type { WorstKey } from '../../harness/result/schema.ts';
import { crossedWrites, laggingLog, lateSet, unflushed } from '../fixtures/key-histories.ts';
import { scenarioOf } from '../fixtures/results.ts';
import { writeResult } from '../fixtures/write-consistency.ts';
import { keyStory, operationRows, worstKeys } from './worst-key.ts';

describe('the story of a key', () => {
  it.each([
    [
      'a late set',
      lateSet(),
      '14 of 96 reads were stale, by up to 812 ms: the first of them below returned version 3, though version 4 had been acknowledged 12.2 ms before it was sent. In the end both had version 8.',
    ],
    [
      'crossed writes',
      crossedWrites(),
      '188 of 512 reads were stale, by up to 4,120 ms: the first of them below returned version 30, though version 31 had been acknowledged 10.2 ms before it was sent, and the two had been written at the same time. In the end the cache had version 30 and the database version 31.',
    ],
    [
      'unflushed writes',
      unflushed(),
      '2 of 77 reads were stale, by up to 3.20 ms: the first of them below returned version 7, though version 9 had been acknowledged 1 ms before it was sent. 11 reads returned a value that was never committed. 2 writes were acknowledged and never committed. In the end the cache had no entry.',
    ],
    [
      'a lag',
      laggingLog(),
      '3 of 640 reads were stale, by up to 2.10 ms: the first of them below returned version 11, though version 12 had been acknowledged 0.400 ms before it was sent. In the end both had version 39.',
    ],
  ] as const)('is made of the data alone: %s', (_, key, story) => {
    expect(keyStory(key)).toBe(story);
  });

  it('leaves out what the data do not say', () => {
    const key = lateSet();
    const [one] = key.operations.filter(({ wrong }) => wrong !== undefined);
    const counts = { ...key.counts, reads: 1, stale: 1, dirty: 1, lost: 1 };
    // The write that overtook it is not among the operations, and nobody looked at the end.
    const bare: WorstKey = {
      ...key,
      counts,
      operations: one === undefined ? [] : [one],
      finalDatabase: null,
    };
    expect(keyStory(bare)).toBe(
      '1 of 1 read was stale, by 812 ms. 1 read returned a value that was never committed. 1 write was acknowledged and never committed.',
    );
    expect(keyStory({ ...bare, counts: { ...counts, stale: 0, dirty: 0, lost: 0 } })).toBe('');
  });

  it('blames no write that was acknowledged after the read was sent', () => {
    const key = lateSet();
    const operations = key.operations.map((one) => (one.version === 4 ? { ...one, toMs: 2_421 } : one));
    expect(keyStory({ ...key, operations })).toBe(
      '14 of 96 reads were stale, by up to 812 ms. In the end both had version 8.',
    );
  });

  it('tells of the only stale read there is as of one', () => {
    const key = laggingLog();
    expect(keyStory({ ...key, counts: { ...key.counts, stale: 1 } })).toMatch(
      /^1 of 640 reads was stale, by 2\.10 ms: it returned version 11, though version 12 /,
    );
  });

  it('tells a cache that ended with a value nobody committed', () => {
    const key = { ...lateSet(), finalCache: [{ held: true, version: null }] };
    expect(keyStory(key)).toContain(
      'In the end the cache had a value that was never committed and the database version 8.',
    );
  });
});

describe('operations', () => {
  it('say who, when, how long, what came back, and what was wrong with it', () => {
    const rows = operationRows(unflushed());
    expect(rows[5]).toEqual({
      op: 'write',
      by: 'client 3',
      sent: '1,934.0',
      took: '1.10',
      version: '7',
      answered: 'acknowledged, instance 0',
      wrong: '',
    });
    expect(rows[11]).toMatchObject({
      version: 'none',
      answered: 'acknowledged, instance 0',
      wrong: 'acknowledged, never committed (write hs)',
    });
    expect(rows[12]).toMatchObject({ op: 'read', version: 'none', wrong: 'never committed (write hs)' });
    expect(rows.find(({ took }) => took === 'no answer')).toMatchObject({
      version: '8',
      answered: 'not known, instance 0',
    });
    expect(rows.find(({ answered }) => answered.startsWith('failed'))).toMatchObject({
      version: '–',
      took: '100',
    });
    expect(operationRows(lateSet()).find(({ wrong }) => wrong !== '')?.wrong).toBe(
      'stale by 12.2 ms, older than its client had read',
    );
  });

  it('say no more than is known', () => {
    const [row] = operationRows({
      ...lateSet(),
      operations: [{ op: 'read', fromMs: 1, toMs: 2, version: 4, outcome: 'ok', wrong: ['new in 1.9'] }],
    });
    expect(row).toEqual({
      op: 'read',
      by: '',
      sent: '1.0',
      took: '1',
      version: '4',
      answered: '',
      wrong: 'new in 1.9',
    });
  });
});

it('the gravest strategy comes first, one without a worst key not at all', () => {
  expect(worstKeys(scenarioOf(writeResult())).map(({ strategy }) => strategy)).toEqual([
    'write-behind',
    'double-write-both',
    'cache-aside',
    'binlog',
  ]);
});
