/** What the generator writes down, and the warm-up before. */
import { inFile, type Mutation } from './mutation.ts';

export const recordingMutations: readonly Mutation[] = [
  ...inFile(
    'harness/load/load-recorder.ts',
    ['harness/load/load-recorder.test.ts'],
    [
      [
        'a 404 for a missing key is not good',
        'if (flight.right) this.#good++;',
        'if (flight.status === 200) this.#good++;',
      ],
      [
        'response time counts from the send',
        'const responseUs = nowUs - flight.intendedUs;',
        'const responseUs = nowUs - flight.sentUs;',
      ],
      [
        'service time counts from the intended time',
        'this.#service.record(nowUs - flight.sentUs);',
        'this.#service.record(nowUs - flight.intendedUs);',
      ],
      [
        'an answer at its deadline is in time',
        'if (nowUs >= this.#deadlineOf(flight))',
        'if (nowUs > this.#deadlineOf(flight))',
      ],
      [
        'a refusal is a failure',
        "this.#settle(flight, shed ? 'shed' : 'failed');",
        "this.#settle(flight, 'failed');",
      ],
      [
        'the largest age is the last',
        'this.#maxAgeMs = Math.max(this.#maxAgeMs ?? 0, flight.ageMs);',
        'this.#maxAgeMs = flight.ageMs;',
      ],
      ['a stale answer is not one of a cache', "new Set(['hit', 'l1', 'stale'])", "new Set(['hit', 'l1'])"],
      [
        'a request of the storm’s last moment is late',
        'if (intendedUs + lagUs < this.#durationUs) this.#takenUp++;',
        'if (intendedUs + lagUs < this.#durationUs - 1) this.#takenUp++;',
      ],
      [
        'the generator’s own lag stays in the times on time',
        ' - flight.intendedUs - flight.lagUs);',
        ' - flight.intendedUs);',
      ],
    ],
  ),
  ...inFile(
    'harness/load/timeline.ts',
    ['harness/load/timeline.test.ts'],
    [
      [
        'a request belongs to the window before',
        'const index = Math.floor(intendedUs / this.#windowUs);',
        'const index = Math.max(0, Math.ceil(intendedUs / this.#windowUs) - 1);',
      ],
      [
        'good is whatever was completed',
        "if (outcome === 'completed' && flight.right) window.good++;",
        "if (outcome === 'completed') window.good++;",
      ],
      [
        'empty windows at the end are left out',
        'Math.max(this.#windows.length, Math.ceil((durationMs * 1e3) / this.#windowUs))',
        'this.#windows.length',
      ],
    ],
  ),
  ...inFile(
    'harness/load/staleness.ts',
    ['harness/load/staleness.test.ts'],
    [
      [
        'a read sent as the write was acknowledged is stale',
        'newer.ackedUs >= sentUs) return;',
        'newer.ackedUs > sentUs) return;',
      ],
      [
        'staleness counts until the answer',
        'this.#atLeast.record(sentUs - newer.ackedUs);',
        'this.#atLeast.record(nowUs - newer.ackedUs);',
      ],
      [
        'a 404 is a read with a version',
        'if (drawn === null || version === null || status !== 200) return;',
        'if (drawn === null || version === null) return;',
      ],
    ],
  ),
  ...inFile(
    'harness/load/loop-watch.ts',
    ['harness/load/loop-watch.test.ts'],
    [
      [
        'a stall is forgotten with the tick after it',
        'this.#stalledFromUs = nowUs - this.#tickedUs > STALL_US ? this.#tickedUs : null;',
        'this.#stalledFromUs = null;',
      ],
    ],
  ),
  ...inFile(
    'harness/load/keys.ts',
    ['harness/load/keys.test.ts'],
    [
      ['ranks start at 0', 'keysByRank()[nextRank() - 1]', 'keysByRank()[nextRank()]'],
      [
        'popular keys do not shift',
        'if (draws > 0 && draws % shiftEvery === 0)',
        'if (draws < 0 && draws % shiftEvery === 0)',
      ],
    ],
  ),
  ...inFile(
    'harness/load/streams.ts',
    ['harness/load/streams.test.ts'],
    [
      [
        'the rank seed is ignored',
        "return keySource(keys, seed, deriveSeed(rankSeed, 'stream', name));",
        'return keySource(keys, seed);',
      ],
      ['a stream never ends', 'drawerAt(atUs < (untilUs[index] ?? 0) ? index : 0)', 'drawerAt(index)'],
    ],
  ),
  ...inFile(
    'harness/trial/warm-up.ts',
    ['harness/trial/warm-up.test.ts'],
    [
      ['the warm-up asks for other keys than the storm', '    rankSeed: plan.seed,\n', ''],
      ['popular keys shift during the warm-up', '    keys: unshifted(plan.keys),\n', ''],
    ],
  ),
  ...inFile(
    'harness/record/histogram.ts',
    ['harness/record/histogram.test.ts'],
    [
      [
        'a percentile is the bucket’s end, beyond the maximum',
        'return Math.min(this.#histogram.getValueAtPercentile(percent), this.#histogram.maxValue);',
        'return this.#histogram.getValueAtPercentile(percent);',
      ],
      [
        'a value at the limit is above it',
        '/ count) <= valueUs) notAbove = rank;',
        '/ count) < valueUs) notAbove = rank;',
      ],
    ],
  ),
];
