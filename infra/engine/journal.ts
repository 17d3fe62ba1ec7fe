// Loaded by the guardian's own process: nothing but node: built-ins and neighbours of the same kind.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a run notes in its root before it makes containers, so that whoever sweeps it finds them: the guardian, or
 * a later run when harness and guardian are both dead.
 *
 * ```
 * ROOT/engine/socket            path of the engine's socket
 * ROOT/engine/creating/NAME     there while the engine is asked to create the container NAME: that goes on in the
 *                               engine when the harness dies in between
 * ```
 */
const FOLDER = 'engine';

export interface EngineJournal {
  readonly socketPath: string;
  /** Containers that may come to be, though nobody has seen them yet. */
  readonly creating: readonly string[];
}

/** Notes where the run's containers are. Again for each of them does no harm. */
export function openEngineJournal(root: string, socketPath: string): void {
  mkdirSync(join(root, FOLDER, 'creating'), { recursive: true, mode: 0o700 });
  const path = join(root, FOLDER, 'socket');
  // In one step: half a path would lead nowhere.
  const draft = `${path}.draft`;
  writeFileSync(draft, socketPath);
  renameSync(draft, path);
}

/** Notes that the engine is about to be asked for a container. Dispose it when the engine has answered. */
export function noteCreation(root: string, name: string): Disposable {
  const path = join(root, FOLDER, 'creating', name);
  writeFileSync(path, '');
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}

/** Undefined when the run has no containers. */
export function readEngineJournal(root: string): EngineJournal | undefined {
  try {
    const socketPath = readFileSync(join(root, FOLDER, 'socket'), 'utf8');
    return { socketPath, creating: readdirSync(join(root, FOLDER, 'creating')) };
  } catch {
    return undefined;
  }
}
