import type { ReadResult } from './strategy.ts';

/** The answer to a read that there is no room for. */
export const SHED: ReadResult = { item: null, outcome: 'shed', refusal: 'overload' };
