/** What a user's names and texts may be: they end up in file names, terminals, HTML, Markdown and on object keys. */
import { z } from 'zod';

/** Three of them and a suffix have to fit into the 255 bytes of a file's name. */
export const MAX_NAME = 48;
const MAX_TEXT = 1_000;

/** Control characters drive a terminal, bidirectional ones show a text in another order than it has. */
const HIDDEN = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** One line that reads as it is written; may be empty. */
export const plainLine = z
  .string()
  .max(MAX_TEXT)
  .refine(isPlain, 'one line of text without control or bidirectional characters');

export const plainText = plainLine.min(1);

/** A name such as `my-scenario`. */
export function kebabName(example: string) {
  return named(/^[a-z][a-z0-9-]*$/, example);
}

/** What variants may be called: it stands behind the scenario's name. */
export const variantSuffix = named(/^[a-z0-9][a-z0-9-]*$/, 'slow-holder');

/** What strategies and aliases may be called: dots only before a digit, or it would be the path of a file. */
export const strategyName = named(/^[a-z][a-z0-9+-]*(\.\d[a-z0-9+-]*)*$/, 'my-strategy or my-strategy-0.5');

/** What a strategy may call a parameter: a part of the path that `--set` takes. */
export const parameterName = z
  .string()
  .max(MAX_NAME)
  .regex(/^[a-z]\w*$/i, 'letters and digits, such as lockMs')
  .refine(isNoProperty, 'another name: every object has a property of this one');

function named(form: RegExp, example: string) {
  return z
    .string()
    .max(MAX_NAME)
    .regex(form, `kebab-case, such as ${example}`)
    .refine(isNoProperty, 'another name: every object has a property of this one');
}

/** `constructor` on an object without such a key finds what nobody put there. */
function isNoProperty(name: string): boolean {
  return !(name in Object.prototype);
}

function isPlain(text: string): boolean {
  return text.search(HIDDEN) === -1 && text.isWellFormed();
}

/** The text with what a terminal would not show as it is written out, but for ends of lines: `\u{202e}`. */
export function escapeHidden(text: string): string {
  return text
    .replace(HIDDEN, (hidden) =>
      hidden === '\n' ? hidden : `\\u{${hidden.codePointAt(0)?.toString(16) ?? ''}}`,
    )
    .toWellFormed();
}
