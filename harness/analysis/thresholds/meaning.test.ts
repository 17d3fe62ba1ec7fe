import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metricFacts, metricNames } from '../../result/metrics.ts';
import { meaningless } from './meaning.ts';
import { parseThreshold } from './parse.ts';
import { operators, satisfies } from './threshold.ts';

const said = (expression: string) => meaningless(parseThreshold(expression));

describe('a limit that can be held and broken is taken', () => {
  test.each([
    ...['goodput < 99%', 'goodput >= 1', 'goodput < 100%', 'goodput == 0', 'goodput > 0', 'goodput <= 0'],
    ...['staleness.readRate < 1%', 'staleness.readRate == 0', 'staleness.readRate < 0.01'],
    ...['recovery.stuck == 1', 'recovery.stuck == 0', 'db.reads < 1', 'db.reads <= 0', 'db.reads > 0'],
    ...['db.hitRate < 1', 'db.hitRate < 150%', 'cache.optimumShare > 100%', 'generator.cpu < 120%'],
    ...['relay.lagGrowthMsPerSec < 0', 'relay.lagGrowthMsPerSec <= 0', 'latency.response.p99 < 1us'],
    ...[
      'vs none: goodput > 120%',
      'vs none: db.reads < 10%',
      'vs none: db.reads < +900%',
      'vs none: db.reads > -50%',
    ],
    'vs none: db.reads <= 0%',
  ])('%s', (expression) => {
    expect(said(expression)).toBeNull();
  });
});

describe('one that can’t is refused, with the reason', () => {
  test.each([
    ['goodput < 99', 'goodput is a share of 1, and 99 is 9900%; write 99% or 9900%, whichever is meant'],
    ['goodput > 1.1', 'goodput is a share of 1, and 1.1 is 110%; write 1.1% or 110%, whichever is meant'],
    ['staleness.readRate < 1', 'staleness.readRate is a share of 1; write 1% or 100%, whichever is meant'],
    [
      'db.hitRate < 20',
      'db.hitRate is a share of 1, and 20 is 2000%; write 20% or 2000%, whichever is meant',
    ],
    ['goodput > 150%', 'it never holds, whatever is measured: goodput is from 0% to 100%'],
    ['goodput < 150%', 'it always holds, whatever is measured: goodput is from 0% to 100%'],
    ['goodput == 150%', 'it never holds'],
    ['goodput <= 1', 'it always holds, whatever is measured: goodput is from 0 to 1'],
    ['goodput > 1', 'it never holds'],
    ['goodput >= 0', 'it always holds'],
    ['goodput < 0%', 'it never holds'],
    ['db.reads >= 0', 'it always holds, whatever is measured: db.reads is 0 or more'],
    ['db.reads < 0', 'it never holds, whatever is measured: db.reads is 0 or more'],
    ['latency.response.p99 >= 0ms', 'it always holds'],
    ['vs none: db.reads < 0%', 'it never holds, whatever is measured: the share of none’s is 0% or more'],
    ['vs none: db.reads >= 0%', 'it always holds'],
    ['vs none: db.reads < -100%', 'it never holds'],
    ['vs none: db.reads >= -100%', 'it always holds'],
  ])('%s', (expression, reason) => {
    expect(said(expression)).toContain(reason);
  });
});

test('whatever is taken has a value that holds it and one that breaks it; nothing else that is in range has', () => {
  const value = fc.oneof(fc.constantFrom(0, 1, 100), fc.double({ min: 0, max: 200, noNaN: true }));
  fc.assert(
    fc.property(
      fc.constantFrom(...metricNames),
      fc.constantFrom(...operators),
      value.map((each) => each || 0),
      fc.boolean(),
      (metric, operator, limit, inPercent) => {
        const { unit, range } = metricFacts[metric];
        const percent = inPercent && unit === 'fraction';
        const reason = said(`${metric} ${operator} ${limit}${percent ? '%' : ''}`);
        const inUnit = Number((percent ? limit * 0.01 : limit).toPrecision(15));
        const values = [range.least, range.most, inUnit, inUnit - 0.001, inUnit + 0.001].filter(
          (each) => each >= range.least && each <= range.most,
        );
        const fates = new Set(values.map((each) => satisfies(each, operator, inUnit)));
        if (reason === null) expect(fates.size).toBe(2);
        else if (!reason.includes('whichever is meant')) expect(fates.size).toBe(1);
      },
    ),
    { numRuns: 2_000 },
  );
});
