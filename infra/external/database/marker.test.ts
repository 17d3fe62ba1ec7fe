import { expect, test } from 'vitest';
import { formatMarker, type Marker, parseMarker } from './marker.ts';

const MARKER: Marker = {
  runId: '20260101t000000-0a1b2c3d',
  startedAt: '2026-01-01T00:00:00.000Z',
  token: '0123456789abcdef0123456789abcdef',
  schema: 'storm$-1',
  madeSchema: true,
  broker: { at: '[::1]:5672/it\'s \\ "a" vhost', prefix: 'st[o]?*m:' },
};

test.each([MARKER, { ...MARKER, broker: null, madeSchema: false }])(
  'comes out as it went in: %j',
  (marker) => {
    expect(parseMarker(formatMarker(marker))).toEqual(marker);
    expect(formatMarker(marker)).not.toMatch(/['"\\`]/);
  },
);

test.each([
  ['empty', ''],
  ['words', 'the runs of our shop'],
  ['another token', formatMarker({ ...MARKER, token: 'x' })],
  ['something more', `${formatMarker(MARKER)}&users=ann`],
  ['another order', formatMarker(MARKER).split('&').toReversed().join('&')],
])('is none of ours: %s', (_name, text) => expect(parseMarker(text)).toBeNull());
