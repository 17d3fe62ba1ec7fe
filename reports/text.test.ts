import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean, displayWidth, pad, shorten, wrap } from './text.ts';

describe('text', () => {
  it('counts columns as a terminal does', () => {
    expect(displayWidth('緩存')).toBe(4);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(pad('緩存', 6)).toBe('緩存  ');
    expect(pad('1', -3)).toBe('  1');
    expect(shorten('緩存擊穿', 5)).toBe('緩存…');
  });

  it('removes what would steer a terminal', () => {
    expect(clean('a\u001b[31mb\r\nc\u2028d\u202ee')).toBe('a [31mb c de');
  });

  it('wraps to the width and loses no word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 4, max: 40 }), (raw, width) => {
        const text = clean(raw);
        const lines = wrap(text, width);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});
