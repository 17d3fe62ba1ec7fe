import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactPath } from './path-data.ts';

type Place = readonly [x: number, y: number];

/** The corners of each part of a path that is written as this module does: `M`, then steps. */
function cornersOf(path: string): Place[][] {
  const parts: Place[][] = [];
  let [x, y] = [0, 0];
  for (const [, command = '', text = ''] of path.matchAll(/([Mlhvz])([^a-zA-Z]*)/g)) {
    const numbers = (text.match(/-?(?:\d+\.?\d*|\.\d+)/g) ?? []).map(Number);
    const size = command === 'h' || command === 'v' ? 1 : 2;
    for (let at = 0; at < numbers.length; at += size) {
      const [first = 0, second = 0] = numbers.slice(at);
      if (command === 'M') [x, y] = [first, second];
      else if (command === 'h') x += first;
      else if (command === 'v') y += first;
      else [x, y] = [x + first, y + second];
      if (command === 'M') parts.push([]);
      parts.at(-1)?.push([x, y]);
    }
  }
  return parts;
}

/** How far a place is from the nearest of a line's segments. */
function distance([x, y]: Place, corners: readonly Place[]): number {
  const ends = corners.length === 1 ? [...corners, ...corners] : corners;
  return Math.min(
    ...ends.slice(1).map(([toX, toY], index) => {
      const [fromX, fromY] = ends[index] ?? [0, 0];
      const [dx, dy] = [toX - fromX, toY - fromY];
      const length = dx * dx + dy * dy;
      const share =
        length === 0 ? 0 : Math.max(0, Math.min(1, ((x - fromX) * dx + (y - fromY) * dy) / length));
      return Math.hypot(x - fromX - share * dx, y - fromY - share * dy);
    }),
  );
}

const place = fc.tuple(
  fc.double({ min: -300, max: 1_100, noNaN: true }),
  fc.oneof(fc.double({ min: -50, max: 400, noNaN: true }), fc.constantFrom(0, 48, 48.25)),
);
const lines = fc.array(fc.array(place, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 4 });
const fixed = ([x, y]: Place) => `${x.toFixed(3)},${y.toFixed(3)}`;

describe('compactPath', () => {
  it('goes where the path went, to less than a tenth of a pixel, however long it is', () => {
    fc.assert(
      fc.property(lines, place, (parts, offset) => {
        const data = parts.map((part) => `M${part.map(fixed).join('L')}`).join('');
        const corners = cornersOf(compactPath(data, offset) ?? '');
        expect(corners).toHaveLength(parts.length);
        for (const [index, part] of parts.entries()) {
          const moved = part.map(([x, y]): Place => [x + offset[0], y + offset[1]]);
          const written = corners[index] ?? [];
          for (const one of moved) expect(distance(one, written)).toBeLessThan(0.08);
          // Nor does it go elsewhere.
          for (const corner of written) expect(distance(corner, moved)).toBeLessThan(0.08);
          const ends = [written[0], written.at(-1)].map((end) => end ?? [Number.NaN, Number.NaN]);
          for (const [at, wanted] of [moved[0], moved.at(-1)].entries()) {
            expect(Math.hypot((ends[at]?.[0] ?? 0) - (wanted?.[0] ?? 0))).toBeLessThan(0.06);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['M0,0L10,0L20,0L20,5', 'M0 0h20v5'],
    ['M0.5,48L10.25,47.5L12,48L12,48', 'M.5 48l9.8-.5 1.7 .5'],
    ['M6.9,71.47h6.9v0.53h-6.9Z', 'M6.9 71.5h6.9v.5h-6.9z'],
    ['M0,2H192.5V0H10', 'M0 2h192.5v-2h-182.5'],
    ['M0,3.35L-3.87,-3.35L3.87,-3.35Z', 'M0 3.4l-3.9-6.7h7.8z'],
    ['M0,0L1,1ZM5,5L6,7', 'M0 0l1 1zM5 5l1 2'],
    // There and back is not nothing.
    ['M0,0L10,0L4,0', 'M0 0h10-6'],
    // A dot, where ends are round.
    ['M3,4L3,4', 'M3 4h0'],
    ['M3,4Z', 'M3 4z'],
  ])('%s is %s', (data, short) => {
    expect(compactPath(data)).toBe(short);
  });

  it('leaves alone what has curves, or goes on from where it closed', () => {
    expect(compactPath('M2.74,0A2.74,2.74,0,1,1,-2.74,0')).toBeNull();
    expect(compactPath('M0,0C1,1,2,2,3,3')).toBeNull();
    expect(compactPath('M0,0L1,1ZL2,2')).toBeNull();
  });
});
