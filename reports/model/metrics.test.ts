import { describe, expect, it } from 'vitest';
import { metricNames } from '../../harness/result/metrics.ts';
import { metricHead, metricLabel, metricNotes } from './metrics.ts';

describe('every metric', () => {
  it.each(metricNames)('%s has words of its own, and a head that fits a column of text', (name) => {
    expect(metricNotes(name)?.measured).toBeTruthy();
    expect(metricLabel(name)).not.toBe(name);
    for (const line of metricHead(name)) expect(line.length).toBeLessThanOrEqual(12);
  });
});

describe('a head', () => {
  it('says of a family which one', () => {
    expect(metricHead('latency.response.p999')).toEqual(['p99.9', '']);
    expect(metricHead('honest.latency.response.p99')).toEqual(['honest', 'p99']);
    expect(metricHead('staleness.p99Ms')).toEqual(['stale', 'p99']);
    expect(metricLabel('staleness.p99Ms')).toBe('Staleness p99');
    expect(metricHead('db.loadsPerExpiry')).toEqual(['loads/', 'expiry']);
  });

  it('is the last part of a name that this version does not know', () => {
    expect(metricHead('relay.lagMs')).toEqual(['lagMs', '']);
    expect(metricLabel('relay.lagMs')).toBe('relay.lagMs');
  });
});
