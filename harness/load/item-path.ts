/** What a path template holds in the key's place. */
export const ITEM = '{item}';

/** The service contract's. */
export const DEFAULT_PATH = `/items/${ITEM}`;

/** A path template as it may go on the wire: from the slash on, printable, and so without a line break. */
export const PATH_PATTERN = /^\/[!-~]*$/;

/** The path of each key's request; the same for all keys when the template names none. */
export function itemPath(template: string = DEFAULT_PATH): (key: string) => string {
  const parts = template.split(ITEM);
  return parts.length === 1 ? () => template : (key) => parts.join(key);
}
