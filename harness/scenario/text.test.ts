import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeHidden, parameterName, plainText, strategyName } from './text.ts';

const fits = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

test('a text is one line that reads as it is written, in any script', () => {
  for (const text of ['緩存擊穿', 'Ünïcödé 🎉', 'שלום', 'a < b & "c" | d']) {
    expect(fits(plainText, text), text).toBe(true);
  }
  for (const text of [
    '',
    'a\nb',
    '\u001b[2J',
    'a\u202eb',
    '\u2066',
    '\u0085',
    '\u2028',
    '\ud800',
    'x'.repeat(1001),
  ]) {
    expect(fits(plainText, text), JSON.stringify(text)).toBe(false);
  }
});

test('a name is short, and no property of every object', () => {
  expect(['mutex', 'mutex+single-flight', 'xfetch-beta-0.5'].every((name) => fits(strategyName, name))).toBe(
    true,
  );
  for (const name of ['constructor', 'A', 'a.b', 'a.', '-a', 'x'.repeat(49), '__proto__', 'é']) {
    expect(fits(strategyName, name), name).toBe(false);
  }
  expect(fits(parameterName, 'lockMs')).toBe(true);
  for (const name of ['constructor', 'toString', 'a.b', '__proto__', ''])
    expect(fits(parameterName, name)).toBe(false);
});

test('what is escaped holds nothing that a terminal obeys, and loses no other letter', () => {
  expect(escapeHidden('\u001b[2J a\u202eb\n\u0007')).toBe('\\u{1b}[2J a\\u{202e}b\n\\u{7}');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeHidden(text);
      expect(escaped.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
      if (fits(plainText, text)) expect(escaped).toBe(text);
    }),
  );
});
