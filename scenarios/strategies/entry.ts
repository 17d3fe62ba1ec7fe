import type { Item } from './strategy.ts';

/**
 * How the built-in strategies write a cache entry: JSON of the item, or `null` parsed back when the bytes
 * are not one of ours, so that a damaged entry costs one load instead of an error for every reader.
 */
export function encodeEntry(item: Item): string {
  return JSON.stringify(item);
}

export function decodeEntry(text: string | null): Item | null {
  const parsed = parseObject(text);
  if (
    parsed !== null &&
    typeof parsed.id === 'string' &&
    typeof parsed.value === 'string' &&
    typeof parsed.version === 'number' &&
    typeof parsed.loadedAtMs === 'number'
  ) {
    return { id: parsed.id, value: parsed.value, version: parsed.version, loadedAtMs: parsed.loadedAtMs };
  }
  return null;
}

/** An item with the moment from which it counts as expired, Unix milliseconds (logical expiry). */
export interface LogicalEntry {
  readonly item: Item;
  readonly expiresAtMs: number;
}

export function encodeLogicalEntry(entry: LogicalEntry): string {
  return JSON.stringify({ ...entry.item, expiresAtMs: entry.expiresAtMs });
}

export function decodeLogicalEntry(text: string | null): LogicalEntry | null {
  const item = decodeEntry(text);
  const expiresAtMs = item === null ? undefined : parseObject(text)?.expiresAtMs;
  return item !== null && typeof expiresAtMs === 'number' ? { item, expiresAtMs } : null;
}

/** The object that a JSON text holds; `null` for any other text. */
export function parseObject(text: string | null): Readonly<Record<string, unknown>> | null {
  if (text === null) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
