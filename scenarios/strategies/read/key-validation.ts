import { cacheAsideReader, preloadEntries } from '../fill.ts';
import type { ReadStrategyDefinition } from '../strategy.ts';
import { everyReaderLoads, loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

/** The form of the dataset's keys, and of those of rows inserted later. */
const FORM = /^(?:item|new)-(0|[1-9]\d{0,15})$/;

/** A key that no row can have is refused by its looks. */
export const keyValidation: ReadStrategyDefinition<'maxId'> = {
  kind: 'read',
  name: 'key-validation',
  idea: 'A key that can’t exist, by its form (`item-` or `new-` and a number) or by its size, is answered without a look anywhere.',
  source: 'OWASP Cheat Sheet Series, Input Validation: allow-list by form and range',
  weakness:
    'Stops nobody who knows the form: a number that was never given out, such as that of a deleted row, costs a load each time. Signed ids would stop those too.',
  parameters: {
    maxId: {
      unit: 'count',
      default: Number.MAX_SAFE_INTEGER,
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      description:
        'The largest number that a key may have. The largest one given out is the best choice, and must follow every insert.',
    },
  },
  expiry: 'physical',
  predict: (input) => [
    ...loadsPerExpiry(input, everyReaderLoads),
    // The attacks of the harness ask for `missing-<n>` and `endless-<n>`.
    ...loadsPerMissing(input, () => ({ value: 0, formula: '0 of a wrong form', tolerance: 'always' })),
    predictPhysicalAge(input),
  ],
  create(context, { maxId }) {
    const read = cacheAsideReader(context);
    return {
      preload: (items) => preloadEntries(context, items),
      async get(key) {
        const id = FORM.exec(key)?.[1];
        return id === undefined || Number(id) > maxId ? { item: null, outcome: 'null' } : read(key);
      },
    };
  },
};
