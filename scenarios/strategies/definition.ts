/** A contender of either kind, and what is asked of both. */
import type { Prediction, TheoryInput } from './prediction.ts';
import type { ExpiryKind, ReadStrategyDefinition } from './strategy.ts';
import type { WriteStrategyDefinition } from './write-strategy.ts';

/** A way to read, with cache-aside writes beside it; or a way to write, with the readers that it brings. */
export type StrategyDefinition = ReadStrategyDefinition | WriteStrategyDefinition;

/** How its entries end. Those beside a way to write are Redis's to drop. */
export function expiryOf(definition: StrategyDefinition): ExpiryKind {
  return definition.kind === 'read' ? definition.expiry : 'physical';
}

/** What theory says of it; nothing where it has no `predict`. */
export function predictionsOf(definition: StrategyDefinition, input: TheoryInput): readonly Prediction[] {
  return definition.predict?.(input) ?? [];
}
