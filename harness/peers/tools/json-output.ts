import type { z } from 'zod';
import { ToolOutputError } from '../tool.ts';

/**
 * The JSON object in a tool's output, from its first brace to its last.
 *
 * @throws ToolOutputError when there is none, or none of that shape
 */
export function jsonOutput<T>(tool: string, stdout: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(stdout.slice(stdout.indexOf('{'), stdout.lastIndexOf('}') + 1)));
  } catch (cause) {
    throw new ToolOutputError(tool, 'a JSON object of its own shape', stdout, cause);
  }
}
