import { z } from 'zod';
import { valueAt } from './problems.ts';

type Schema = z.core.$ZodType;

/**
 * Returns the names that `schema` knows at a path, to suggest from; those of the kind at hand, where an object has
 * several kinds.
 *
 * @param value What was checked: it says which kind is meant.
 */
export function namesOf(schema: Schema, value: unknown): (path: readonly PropertyKey[]) => readonly string[] {
  return (path) => {
    let found: readonly Schema[] = bare(schema, value);
    for (const [depth, part] of path.entries()) {
      const inside = valueAt(value, path.slice(0, depth + 1));
      found = found.flatMap((each) => partsOf(each, part).flatMap((below) => bare(below, inside)));
    }
    const names = found.flatMap((each) => (each instanceof z.ZodObject ? Object.keys(each.shape) : []));
    return [...new Set(names)];
  };
}

/** Without what only wraps it, such as a default; a choice is replaced by those of its kinds that `value` may be. */
function bare(schema: Schema, value: unknown): Schema[] {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional
  ) {
    return bare(schema.def.innerType, value);
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const { discriminator, options } = schema.def;
    const kind = valueAt(value, [discriminator]);
    return options.filter((option) => isOfKind(option, discriminator, kind));
  }
  return schema instanceof z.ZodUnion ? schema.def.options.flatMap((each) => bare(each, value)) : [schema];
}

function isOfKind(option: Schema, discriminator: string, kind: unknown): boolean {
  if (!(option instanceof z.ZodObject)) return false;
  const word: Schema | undefined = option.shape[discriminator];
  return word !== undefined && z.safeParse(word, kind).success;
}

function partsOf(schema: Schema, part: PropertyKey): Schema[] {
  if (schema instanceof z.ZodObject) {
    const below: Schema | undefined = Object.hasOwn(schema.shape, part)
      ? schema.shape[String(part)]
      : undefined;
    return below === undefined ? [] : [below];
  }
  if (schema instanceof z.ZodArray) return [schema.def.element];
  return schema instanceof z.ZodRecord ? [schema.def.valueType] : [];
}
