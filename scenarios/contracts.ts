/** What a scenario or strategy file outside the repository may import: types, and the helper for scenarios. */
export type { ScenarioInput } from '../harness/scenario/schema.ts';
export { defineScenario } from '../harness/scenario/schema.ts';
export type * from './strategies/prediction.ts';
export type * from './strategies/relay.ts';
export type * from './strategies/strategy.ts';
export type * from './strategies/write-strategy.ts';
