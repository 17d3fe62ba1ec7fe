import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duration, figure, interval, percent, quantity, significant, timestamp } from './format.ts';

describe('significant', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [101, '101'],
    [1.0349, '1.03'],
    [0.63555, '0.636'],
    [12_345, '12,300'],
    [999.6, '1,000'],
    [0.0000004, '<0.001'],
    [-2.4681, '-2.47'],
    [1_310_720_000, '1,310,000,000'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('%d reads %s', (value, text) => {
    expect(significant(value)).toBe(text);
  });

  it('has at most three significant digits and no exponent', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e12, noNaN: true }), (value) => {
        const text = significant(value);
        expect(text).not.toMatch(/e/);
        const digits = text.replace(/[,.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
        expect(digits.length).toBeLessThanOrEqual(3);
        expect(Math.abs(Number(text.replaceAll(',', '')) - value)).toBeLessThanOrEqual(value * 0.005 + 1e-9);
      }),
    );
  });
});

describe('percent', () => {
  it('never rounds a failure away', () => {
    expect(percent(0.99999)).toBe('>99.9');
    expect(percent(1)).toBe('100');
    expect(percent(0.9931)).toBe('99.3');
    expect(percent(0.0000001)).toBe('<0.001');
    expect(percent(0)).toBe('0');
  });
});

describe('figure, quantity and interval', () => {
  it('show a missing value as a dash, without a unit', () => {
    expect(figure(undefined, 'ms')).toBe('–');
    expect(quantity(null, 'ms')).toBe('–');
  });

  it('show the unit', () => {
    expect(quantity(1_310_720, 'bytes')).toBe('1.25 MiB');
    expect(quantity(3, 'count')).toBe('3');
  });

  it('leave out an interval that tells nothing', () => {
    expect(interval(1, 1, 'count')).toBeNull();
    expect(interval(0, 2, 'count')).toBe('0–2');
    expect(interval(null, 2, 'count')).toBe('≤ 2');
    expect(interval(2, null, 'count')).toBe('≥ 2');
    expect(interval(null, null, 'count')).toBeNull();
  });
});

describe('times', () => {
  it('reads ISO and leaves other text alone', () => {
    expect(timestamp('2026-03-01T10:00:59.000Z')).toBe('2026-03-01 10:00 UTC');
    expect(timestamp('soon')).toBe('soon');
    expect(duration('2026-03-01T10:00:00Z', '2026-03-01T10:01:12Z')).toBe('1 min 12 s');
    expect(duration('soon', 'later')).toBeNull();
  });
});
