import type { StrategyDefinition } from '../../scenarios/strategies/definition.ts';
import { none } from '../../scenarios/strategies/read/none.ts';
import type { ParameterValues, ReadStrategy } from '../../scenarios/strategies/strategy.ts';
import { cacheAside } from '../../scenarios/strategies/write/cache-aside.ts';
import type { WriteContext, WriteStrategy } from '../../scenarios/strategies/write-strategy.ts';

export interface ReaderAndWriter {
  readonly reader: ReadStrategy;
  readonly writer: WriteStrategy;
}

/**
 * Both sides of a contender: beside a way to read, writes are cache-aside; beside a way to write, reads are, unless it
 * brings a reader.
 */
export function readerAndWriter(
  definition: StrategyDefinition,
  context: WriteContext,
  parameters: ParameterValues,
): ReaderAndWriter {
  if (definition.kind === 'read') {
    return { reader: definition.create(context, parameters), writer: cacheAside.create(context, {}) };
  }
  return {
    reader: definition.createReader?.(context, parameters) ?? none.create(context, {}),
    writer: definition.create(context, parameters),
  };
}
