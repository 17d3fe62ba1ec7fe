/** What is made of the numbers of several trials. */
import { ANALYSIS, inFile, type Mutation } from './mutation.ts';

export const judgingMutations: readonly Mutation[] = [
  ...inFile(
    `${ANALYSIS}/history/judge.ts`,
    [`${ANALYSIS}/history/judge.test.ts`],
    [
      [
        'values of other rows are not dirty',
        'dirtyReads: dirty + foreign + unknown',
        'dirtyReads: foreign + unknown',
      ],
      [
        'what no single copy could answer is only what was old',
        'found.linearizable.stale + found.linearizable.ahead',
        'found.regular.stale',
      ],
      [
        'versions missing and not raised are swapped',
        'missingVersions: ofWrites(missingVersions)',
        'missingVersions: ofWrites(found.updates.lost)',
      ],
    ],
  ),
  ...inFile(
    `${ANALYSIS}/comparisons.ts`,
    [`${ANALYSIS}/comparisons.test.ts`, `${ANALYSIS}/comparisons-at-the-edge.test.ts`],
    [
      [
        'a trial is paired with any round',
        'candidate.sample.trial.round === trial.sample.trial.round',
        'candidate.sample.trial.round > 0',
      ],
      [
        'the ratio is upside down',
        'return Math.log(value) - Math.log(against);',
        'return Math.log(against) - Math.log(value);',
      ],
      [
        'worse is called better',
        "=== metricFacts[metric].better ? 'better' : 'worse'",
        "!== metricFacts[metric].better ? 'better' : 'worse'",
      ],
    ],
  ),
  ...inFile(
    `${ANALYSIS}/statistics/summary.ts`,
    [`${ANALYSIS}/statistics/summary.test.ts`],
    [
      [
        'the median of an even count is the upper one',
        'return sorted.length % 2 === 1 ? upper',
        'return sorted.length % 2 >= 0 ? upper',
      ],
      ['values are sorted as text', '.sort((a, b) => a - b)', '.sort()'],
      ['the deviation is of the whole, not of a sample', '/ (values.length - 1))', '/ values.length)'],
    ],
  ),
  ...inFile(
    `${ANALYSIS}/schedule.ts`,
    [`${ANALYSIS}/warnings.test.ts`],
    [['late requests are those held back', 'late: offered - takenUp,', 'late: takenUp - attempted,']],
  ),
  ...inFile(
    `${ANALYSIS}/generator-lag.ts`,
    [`${ANALYSIS}/generator-lag.test.ts`],
    [['any doubt matters', 'doubt >= MATTERS_MS && doubt', 'doubt']],
  ),
  ...inFile(
    'scenarios/breakdown.ts',
    [`${ANALYSIS}/expiry-periods.test.ts`],
    [['a storm ends in the midst of a period', 'stormMs: 3_120', 'stormMs: 3_000']],
  ),
];
