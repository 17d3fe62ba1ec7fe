import { setTimeout as delay } from 'node:timers/promises';

/** Polls until `observe` gives something else than false or undefined, for 10 s at most. */
export async function eventually<T>(observe: () => T | Promise<T>, what: string, withinMs = 10_000) {
  const attempts = withinMs / 10;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const seen = await observe();
    if (seen !== false && seen !== undefined) return seen;
    await delay(10);
  }
  throw new Error(`not seen within ${withinMs} ms: ${what}`);
}
