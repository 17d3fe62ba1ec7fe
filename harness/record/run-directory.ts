import { readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory } from '../../infra/make-directory.ts';
import type { RunEvent } from '../events.ts';
import { canonicalJson } from '../plan/hash.ts';
import { PLAN_VERSION, type Plan, type Trial } from '../plan/plan.ts';
import { expectOurs, RunDirectoryError, takeLock, takeLockIfWritable, usable } from './claim.ts';
import type { Commits } from './commits.ts';
import { type EarlierRun, findEarlierRun, removeEarlierRun } from './earlier-run.ts';
import {
  commitsFile,
  EVENTS,
  historyFile,
  type OutcomeName,
  PLAN,
  SAMPLES,
  sampleFile,
  VOID,
  voidSampleFile,
} from './run-files.ts';
import { SAMPLE_VERSION, type TrialSample } from './sample.ts';
import {
  draftOf,
  isThere,
  makeNewDirectory,
  StorageError,
  stored,
  systemReason,
  writeWhole,
} from './storage.ts';

export interface CreateOptions {
  /** Whether a result that is there may be replaced. @default false */
  readonly force?: boolean;
}

/**
 * The directory of one run, which no other process writes to meanwhile. Files appear whole or not at all, but for
 * `events.jsonl`, which grows by whole lines.
 *
 * Where it holds an earlier result that is to be replaced, nothing in it changes before `replaceEarlier()`: what is
 * written until then waits in memory.
 */
export class RunDirectory implements Disposable {
  readonly path: string;
  readonly #lock: Disposable;
  /** What is to be replaced, and what waits for that. */
  #earlier: EarlierRun | null;
  #waiting: { plan: string | null; events: string } = { plan: null, events: '' };
  #eventBytes = 0;
  /** Until the events that have waited are written: more of them are added to these. */
  #begun: Promise<void> = Promise.resolve();
  #trials = 0;

  private constructor(path: string, lock: Disposable, earlier: EarlierRun | null) {
    this.path = path;
    this.#lock = lock;
    this.#earlier = earlier;
  }

  /**
   * Makes the directory of a new run, or takes that of an earlier one.
   *
   * @throws RunDirectoryError when it holds something else, a result that is not to be replaced, or a run that goes on;
   *   when it is no directory, or can't be written
   */
  static async create(path: string, { force = false }: CreateOptions = {}): Promise<RunDirectory> {
    return usable(`--out ${path}`, async () => {
      await makeDirectory(path);
      // Before anything is written into it, a lock too.
      expectOurs(path, await findEarlierRun(path));
      using claims = new DisposableStack();
      const lock = claims.use(takeLock(path));
      const found = expectOurs(path, await findEarlierRun(path));
      if (found !== null && (found.hasResult || found.trials > 0) && !force) {
        throw new RunDirectoryError(
          `--out ${path}: holds ${found.hasResult ? 'the result' : 'trials'} of the run ${found.runId}; expected another directory, or --force to replace ${found.hasResult ? 'it' : 'them'}`,
        );
      }
      claims.move();
      return new RunDirectory(path, lock, found);
    });
  }

  /** Makes a new directory, with a number after its name where that is taken: another run of this second has it. */
  static async createNew(path: string): Promise<RunDirectory> {
    return usable(path, async () => {
      await makeDirectory(dirname(path));
      for (let number = 1; ; number++) {
        const numbered = number === 1 ? path : `${path}-${number}`;
        if (await makeNewDirectory(numbered)) return RunDirectory.create(numbered);
      }
    });
  }

  /**
   * Opens the directory of an earlier run, to judge it again.
   *
   * @throws RunDirectoryError when it holds none, one of another version, or one that goes on
   */
  static async open(path: string): Promise<{ directory: RunDirectory; plan: Plan }> {
    return usable(path, async () => {
      const isDirectory = (await stat(path).catch(() => null))?.isDirectory() ?? false;
      const found = isDirectory ? await findEarlierRun(path) : null;
      if (found === null || 'names' in found || found.plan === null) {
        throw new RunDirectoryError(
          `${path}: expected the directory of a run, with its ${PLAN} and ${EVENTS}`,
        );
      }
      const { planVersion } = found.plan;
      if (planVersion !== PLAN_VERSION) {
        throw new RunDirectoryError(
          `${path}: expected a plan of version ${PLAN_VERSION}, found ${planVersion}; judge it again with the cachestorm that made it`,
        );
      }
      const directory = new RunDirectory(path, takeLockIfWritable(path), null);
      directory.#trials = found.trials;
      return { directory, plan: found.plan };
    });
  }

  /** Whether an earlier run is there still, untouched. */
  get keepsEarlier(): boolean {
    return this.#earlier !== null;
  }

  /** Puts this run in the place of an earlier one, if there is one: its files are removed now, those of others never. */
  async replaceEarlier(): Promise<void> {
    const earlier = this.#earlier;
    if (earlier === null) return;
    await stored(this.path, () => removeEarlierRun(this.path, earlier));
    // Not before: events happen meanwhile, too.
    const { plan, events } = this.#waiting;
    this.#earlier = null;
    this.#eventBytes = Buffer.byteLength(events);
    this.#begun = writeWhole(join(this.path, EVENTS), events);
    // In the order in which a run begins: a plan is never there without the start that names it.
    await this.#begun;
    if (plan !== null) await this.#begin(plan);
  }

  /** To be called after the event that names this plan. */
  async writePlan(plan: Plan): Promise<void> {
    const text = `${JSON.stringify(plan, null, 2)}\n`;
    if (this.keepsEarlier) this.#waiting = { ...this.#waiting, plan: text };
    else await this.#begin(text);
  }

  async #begin(plan: string): Promise<void> {
    await this.#stored(SAMPLES, () => makeNewDirectory(join(this.path, SAMPLES)));
    await this.#writeWhole(PLAN, plan);
  }

  async writeSample(sample: TrialSample): Promise<void> {
    await this.#writeWhole(sampleFile(sample.trial), `${JSON.stringify(sample)}\n`);
    this.#trials++;
  }

  /** Where the generator of a trial writes down all operations, until `keepHistory`. */
  historyDraft(trial: Trial): string {
    return draftOf(this.historyPath(trial));
  }

  /** Gives a history its name, now that it is whole. */
  async keepHistory(trial: Trial): Promise<void> {
    await this.#stored(historyFile(trial), () => rename(this.historyDraft(trial), this.historyPath(trial)));
  }

  /** Removes what a trial that failed had written of its history. */
  async dropHistoryDraft(trial: Trial): Promise<void> {
    // A disk that is gone took it along.
    await rm(this.historyDraft(trial), { force: true }).catch(() => undefined);
  }

  historyPath(trial: Trial): string {
    return join(this.path, historyFile(trial));
  }

  async writeCommits(trial: Trial, commits: Commits): Promise<void> {
    await this.#writeWhole(commitsFile(trial), `${JSON.stringify(commits)}\n`);
  }

  async readCommits(trial: Trial): Promise<Commits> {
    return (await this.#readJson(commitsFile(trial))) as Commits;
  }

  /** Keeps a try that does not count, apart from those that do. */
  async writeVoidSample(sample: TrialSample): Promise<void> {
    // Not its parents: a run whose directory was taken away is not to begin another one.
    await this.#stored(VOID, () => makeNewDirectory(join(this.path, VOID)));
    await this.#writeWhole(voidSampleFile(sample.trial), `${JSON.stringify(sample)}\n`);
  }

  /** Adds one line, whole or not at all. */
  async appendEvent(event: RunEvent): Promise<void> {
    const line = `${JSON.stringify(event)}\n`;
    if (this.keepsEarlier) {
      this.#waiting = { ...this.#waiting, events: this.#waiting.events + line };
      return;
    }
    await this.#begun;
    const path = join(this.path, EVENTS);
    await this.#stored(EVENTS, async () => {
      try {
        // The first replaces what is left of one that a kill cut short.
        await writeFile(path, line, { flag: this.#eventBytes === 0 ? 'w' : 'a' });
      } catch (error) {
        // A full disk may have taken its first half.
        await truncate(path, this.#eventBytes).catch(() => undefined);
        throw error;
      }
    });
    this.#eventBytes += Buffer.byteLength(line);
  }

  /** The events that are there; the last line of a run that was killed may be torn, and is none. */
  async readEvents(): Promise<RunEvent[]> {
    const path = join(this.path, EVENTS);
    const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
    return lines.map((line, index) => {
      try {
        return JSON.parse(line) as RunEvent;
      } catch (cause) {
        throw new RunDirectoryError(`${path}: line ${index + 1} is damaged`, { cause });
      }
    });
  }

  /** Writes what was made of the samples. */
  async writeOutcome(name: OutcomeName, content: string): Promise<string> {
    await this.#writeWhole(name, content);
    return join(this.path, name);
  }

  /** The samples of a plan that are there, in the order of execution. */
  async readSamples({ trials }: Plan): Promise<TrialSample[]> {
    const samples = await Promise.all(trials.map((trial) => this.#readSample(trial)));
    return samples.filter((sample) => sample !== null);
  }

  async #readSample(trial: Trial): Promise<TrialSample | null> {
    const name = sampleFile(trial);
    if (!(await isThere(join(this.path, name)))) return null;
    const sample = (await this.#readJson(name)) as TrialSample | null;
    if (sample?.sampleVersion !== SAMPLE_VERSION) {
      throw new RunDirectoryError(
        `${join(this.path, name)}: expected sample version ${SAMPLE_VERSION}, found ${sample?.sampleVersion ?? 'none'}`,
      );
    }
    if (canonicalJson(sample.trial) !== canonicalJson(trial)) {
      throw new RunDirectoryError(
        `${join(this.path, name)}: expected a trial of ${PLAN}, found one of another run`,
      );
    }
    return sample;
  }

  /** Returns the loss of a disk as the user is told of it: with what can still be had. */
  async advised(lost: StorageError): Promise<StorageError> {
    if (this.#trials === 0 || !(await isThere(this.path))) return lost;
    const message = `${lost.message}; the trials before can be judged again: cachestorm report ${this.path}`;
    return new StorageError(message, { cause: lost });
  }

  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
  }

  async #readJson(name: string): Promise<unknown> {
    const path = join(this.path, name);
    try {
      return JSON.parse(await readFile(path, 'utf8'));
    } catch (cause) {
      const reason = systemReason(cause) ?? 'it is damaged';
      throw new RunDirectoryError(`${path}: can't be read: ${reason}`, { cause });
    }
  }

  #writeWhole(name: string, content: string): Promise<void> {
    return this.#stored(name, () => writeWhole(join(this.path, name), content));
  }

  #stored<T>(name: string, write: () => Promise<T>): Promise<T> {
    return stored(join(this.path, name), write);
  }
}
