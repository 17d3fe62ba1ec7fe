/** What set the storm off, behind everything else that a picture over time shows. */
import type { Timeline } from '../../harness/result/schema.ts';
import type { Layer } from './layer.ts';
import { INK } from './theme.ts';
import { timeAxis } from './time-axis.ts';

interface Place {
  readonly seconds: readonly [number, number];
  readonly height: number;
  /** Whether this picture names them, and has the labels of the time axis. */
  readonly named: boolean;
  readonly axis: boolean;
}

/** A rule where a trigger began and a band for as long as it lasted. One that began before is a band alone. */
export function triggerBands(triggers: NonNullable<Timeline['triggers']>, place: Place): readonly Layer[] {
  const [from, to] = place.seconds;
  const bands = triggers.flatMap(({ name, fromMs, toMs }) => {
    const [tSec, endSec] = [Math.max(from, fromMs / 1000), Math.min(to, toMs / 1000)];
    const inside = fromMs / 1000 <= to && Math.max(fromMs, toMs) / 1000 >= from;
    return inside ? [{ name, tSec, endSec: Math.max(tSec, endSec), began: fromMs / 1000 >= from }] : [];
  });
  if (bands.length === 0) return [];
  const x = timeAxis('tSec', place.seconds, place.axis);
  const band: Layer = {
    data: { values: bands },
    mark: { type: 'rect', fill: INK.fg, fillOpacity: 0.1 },
    encoding: { x, x2: { field: 'endSec' }, y: { value: 0 }, y2: { value: place.height } },
  };
  const rule: Layer = {
    data: { values: bands.filter(({ began }) => began) },
    mark: { type: 'rule', stroke: INK.fg, strokeWidth: 1 },
    encoding: { x, y: { value: 0 }, y2: { value: place.height } },
  };
  return [band, rule, ...(place.named ? bands.map((one) => bandName(one, place)) : [])];
}

/** At the foot of the plot, where goodput seldom is; beyond the middle to the left of its rule. */
function bandName({ name, tSec }: { name: string; tSec: number }, place: Place): Layer {
  const [from, to] = place.seconds;
  const late = tSec > (from + to) / 2;
  return {
    data: { values: [{ tSec }] },
    mark: {
      type: 'text',
      text: name,
      align: late ? 'right' : 'left',
      baseline: 'bottom',
      dx: late ? -4 : 4,
      fontSize: 11,
      fill: INK.fg,
    },
    encoding: { x: timeAxis('tSec', place.seconds, place.axis), y: { value: place.height - 2 } },
  };
}
