import { InvalidArgumentError } from 'commander';

const UNITS_MS = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** Milliseconds of `500ms`, `10s`, `1.5m` or `1h`; `null` for anything else, a number without a unit too. */
export function parseDuration(text: string): number | null {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim()) ?? [];
  if (number === undefined || unit === undefined) return null;
  return Number(number) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

/** In the largest unit that keeps it whole: `500ms`, `90s`, `2m`. */
export function formatDuration(durationMs: number): string {
  for (const [unit, unitMs] of Object.entries(UNITS_MS)) {
    if (durationMs >= unitMs && durationMs % unitMs === 0) return `${durationMs / unitMs}${unit}`;
  }
  return `${durationMs}ms`;
}

/** The parser of an option that takes a duration. Its value is in milliseconds. */
export function duration(minMs: number, maxMs: number): (text: string) => number {
  return (text) => {
    const parsedMs = parseDuration(text);
    if (parsedMs !== null && parsedMs >= minMs && parsedMs <= maxMs) return parsedMs;
    const range = `${formatDuration(minMs)} to ${formatDuration(maxMs)}`;
    throw new InvalidArgumentError(
      `Expected a duration from ${range} with its unit, such as 500ms, 10s or 2m.`,
    );
  };
}
