/** What tests of external servers share: servers that somebody else started, and their backends. */
import { randomUUID } from 'node:crypto';
import type { Backend, Finding, Needs } from '../backend.ts';
import { UnfitServersError } from '../errors.ts';
import { type Stack, startStack } from '../stack.ts';

export const NO_NEEDS: Needs = { keyEvents: false, changeLog: false, hashExchange: false };
export const ALL_NEEDS: Needs = { keyEvents: true, changeLog: true, hashExchange: true };

const never = new AbortController().signal;

export function startForTest(...backends: Backend[]): Promise<Stack> {
  return startStack({ backends, runId: `test-${randomUUID()}`, signal: never });
}

/** What keeps a run from using a server; `null` once it could be started, which is undone. */
export async function findingsOf(backend: Backend): Promise<readonly Finding[] | null> {
  try {
    await using _stack = await startForTest(backend);
    return null;
  } catch (error) {
    if (error instanceof UnfitServersError) return error.findings;
    throw error;
  }
}
