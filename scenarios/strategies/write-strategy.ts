/** The contract of a write strategy: a way to write a row and keep the cache in step. */

import type { Prediction, TheoryInput } from './prediction.ts';
import type { MessageSink, QueueShape, Relay, RelayContext } from './relay.ts';
import type { ParameterValues, ReadStrategy, StrategyContext, StrategyDescription } from './strategy.ts';

export interface WriteStrategy {
  /**
   * Resolves when the write is acknowledged: with the row's new version, or `null` when the database is to have it
   * only later (write-behind).
   */
  put(key: string, value: string): Promise<number | null>;
  /** Called once, before the first request. */
  start?(): Promise<void>;
}

export interface WriteContext extends StrategyContext {
  /** To the strategy's own `queue`; without one every call is refused. */
  readonly queue: MessageSink;
  /** Monotonic microseconds of the machine: what `RowChange.storedAtUs` is. */
  nowUs(): number;
}

/** A way to write through the cache. */
export interface WriteStrategyDefinition<P extends string = string> extends StrategyDescription<P> {
  readonly kind: 'write';
  /** The messages that it publishes; it needs a RabbitMQ then. */
  queue?(parameters: ParameterValues<P>): QueueShape;
  /** The relay processes that carry its changes on. @default none */
  relays?(parameters: ParameterValues<P>): readonly RelayDefinition<P>[];
  /** Theory's predictions for this strategy. @default none */
  predict?(input: TheoryInput): readonly Prediction[];
  create(context: WriteContext, parameters: ParameterValues<P>): WriteStrategy;
  /** How rows are read beside it. @default plain cache-aside, as the strategy `none` reads */
  createReader?(context: StrategyContext, parameters: ParameterValues<P>): ReadStrategy;
}

export interface RelayDefinition<P extends string = string> {
  /** Unique within its strategy, such as `consumer`. */
  readonly name: string;
  readonly processes: number;
  create(context: RelayContext, parameters: ParameterValues<P>): Relay;
}
