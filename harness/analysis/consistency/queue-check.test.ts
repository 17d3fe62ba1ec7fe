import { describe, expect, it } from 'vitest';
import { judgeQueue, type PublishedMessage } from './queue-check.ts';

const message = (id: number, outcome: PublishedMessage['outcome'] = 'ok', key = 'a'): PublishedMessage => ({
  ...{ id, key, outcome },
});

describe('a queue', () => {
  it('is held to what went in, out, and was done', () => {
    const published = [message(1), message(2), message(3, 'info'), message(4, 'fail'), message(5, 'ok', 'b')];
    const findings = judgeQueue({ published, delivered: [2, 1, 2, 4, 9], applied: [2, 1, 2], drained: true });
    expect(findings).toEqual({
      ...{
        verdict: 'fail',
        published: 5,
        acknowledged: 3,
        delivered: 5,
        lost: 1,
        duplicated: 1,
        unexpected: 1,
      },
      ...{ recovered: 1, inversions: 1, duplicatedEffects: 1 },
    });
  });

  it('counts inversions of each key for itself', () => {
    const published = [message(1), message(2, 'ok', 'b'), message(3), message(4)];
    const inversions = (...delivered: number[]) =>
      judgeQueue({ published, delivered, applied: [], drained: true }).inversions;
    expect(inversions(2, 1, 3, 4)).toBe(0);
    expect(inversions(4, 3, 1, 2)).toBe(3);
    // A message that comes again is a duplicate, not out of order.
    expect(inversions(1, 3, 4, 1, 2)).toBe(0);
  });

  it('can have lost nothing before it was drained', () => {
    const findings = judgeQueue({ published: [message(1)], delivered: [], applied: [], drained: false });
    expect(findings).toMatchObject({ lost: null, verdict: 'inconclusive' });
    expect(judgeQueue({ published: [], delivered: [], applied: [], drained: true }).verdict).toBe(
      'inconclusive',
    );
    const repeated = judgeQueue({ published: [message(1)], delivered: [1], applied: [1, 1], drained: false });
    expect(repeated.verdict).toBe('fail');
  });
});
