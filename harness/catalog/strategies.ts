import { z } from 'zod';
import type { StrategyDefinition } from '../../scenarios/strategies/definition.ts';
import { evictionPolicies } from '../../scenarios/strategies/eviction-policy.ts';
import { parameterName, plainLine, plainText, strategyName } from '../scenario/text.ts';
import { thrownWords, UsageError } from './errors.ts';
import { importFile, isPath } from './files.ts';
import { builtInStrategies, takenByStrategy, unknownStrategy } from './names.ts';
import { problemsOf } from './problems.ts';
import { namesOf } from './schema-names.ts';

const parameterSchema = z
  .strictObject({
    unit: z.enum(['ms', 'count', 'fraction', 'bytes', 'ratio']),
    default: z.number(),
    min: z.number(),
    max: z.number(),
    description: plainText,
  })
  .refine(({ min, max, default: value }) => min <= value && value <= max, 'min <= default <= max');

const method = z.custom<(...given: never) => unknown>((value) => typeof value === 'function', 'a function');

const described = {
  name: strategyName,
  idea: plainText,
  source: plainLine,
  weakness: plainLine,
  parameters: z.record(parameterName, parameterSchema),
  create: method,
};

const definitionSchema = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('read'),
    ...described,
    expiry: z.enum(['physical', 'logical', 'early']),
    evictionPolicy: z.enum(evictionPolicies).optional(),
    predict: method,
  }),
  z.looseObject({
    kind: z.literal('write'),
    ...described,
    queue: method.optional(),
    relays: method.optional(),
    predict: method.optional(),
    createReader: method.optional(),
  }),
]);

/**
 * A read or write strategy by the name of a built-in one, or by the path of a TypeScript or JavaScript file that
 * exports one (as default, or as its only strategy).
 *
 * @throws UsageError naming what was expected and the nearest right name.
 */
export async function findStrategy(reference: string): Promise<StrategyDefinition> {
  if (isPath(reference)) return fromFile(reference);
  const found = builtInStrategies.find(({ name }) => name === reference);
  if (found !== undefined) return found;
  throw new UsageError([{ path: '--strategy', message: unknownStrategy(reference) }]);
}

async function fromFile(path: string): Promise<StrategyDefinition> {
  const value = await importFile(path, (candidate) => 'create' in candidate, 'a strategy');
  const taken = takenByStrategy(checked(value, path).name);
  if (taken !== null) throw new UsageError([{ path: `${path}: name`, message: taken }]);
  // The object itself, not the parsed copy: its functions may be methods that use `this`.
  return value as unknown as StrategyDefinition;
}

/** The object has code, and so may have some that throws when it is looked at, also to say what is wrong with it. */
function checked(value: object, path: string): z.infer<typeof definitionSchema> {
  try {
    const parsed = definitionSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new UsageError(problemsOf(parsed.error, value, path, namesOf(definitionSchema, value)));
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError([{ path, message: `could not be read: ${thrownWords(cause)}` }]);
  }
}
