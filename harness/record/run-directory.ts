import { appendFile, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent } from '../events.ts';
import { CachestormError } from '../failure/cachestorm-error.ts';
import type { Plan, Trial } from '../plan/plan.ts';
import type { Commits } from './commits.ts';
import { SAMPLE_VERSION, type TrialSample, trialName } from './sample.ts';

/** The output directory holds something that is not a run of ours. Nothing was touched. */
export class RunDirectoryError extends CachestormError {
  readonly code = 'E_RUN_DIRECTORY';
  readonly failure = 'usage';
  override readonly name = 'RunDirectoryError';
}

const PLAN = 'plan.json';
const EVENTS = 'events.jsonl';
const SAMPLES = 'samples';
const VOID = 'void';
const COMMITS = '.commits.json';
/** Everything that a run writes, and so everything that a later run in the same directory replaces. */
const OURS = [PLAN, EVENTS, SAMPLES, 'result.json', 'report.html', 'summary.md'];

/**
 * The directory of one run. Files appear whole or not at all (written beside, synced, renamed), but for
 * `events.jsonl`, which grows by whole lines.
 */
export class RunDirectory {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes the directory, or empties it of an earlier run.
   *
   * @throws RunDirectoryError when it holds files and no plan of ours, is no directory, or can't be written.
   */
  static async create(path: string): Promise<RunDirectory> {
    try {
      await prepare(path);
    } catch (cause) {
      if (cause instanceof RunDirectoryError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new RunDirectoryError(`--out ${path}: expected a directory that can be written: ${reason}`, {
        cause,
      });
    }
    return new RunDirectory(path);
  }

  async writePlan(plan: Plan): Promise<void> {
    await this.write(PLAN, `${JSON.stringify(plan, null, 2)}\n`);
  }

  async writeSample(sample: TrialSample): Promise<void> {
    await this.write(join(SAMPLES, `${trialName(sample.trial)}.json`), `${JSON.stringify(sample)}\n`);
  }

  /** Where the generator of a trial writes down all operations. */
  historyPath(trial: Trial): string {
    return join(this.path, SAMPLES, `${trialName(trial)}.history`);
  }

  async writeCommits(trial: Trial, commits: Commits): Promise<void> {
    await this.write(join(SAMPLES, commitsName(trial)), `${JSON.stringify(commits)}\n`);
  }

  async readCommits(trial: Trial): Promise<Commits> {
    return JSON.parse(await readFile(join(this.path, SAMPLES, commitsName(trial)), 'utf8')) as Commits;
  }

  /** Keeps a try that does not count, apart from those that do. */
  async writeVoidSample(sample: TrialSample): Promise<void> {
    await mkdir(join(this.path, SAMPLES, VOID), { recursive: true });
    await this.write(join(SAMPLES, VOID, `${trialName(sample.trial)}.json`), `${JSON.stringify(sample)}\n`);
  }

  /** One line per event, in order, each whole: a single append is not torn by a kill. */
  async appendEvent(event: RunEvent): Promise<void> {
    await appendFile(join(this.path, EVENTS), `${JSON.stringify(event)}\n`);
  }

  /** Writes a file so that a reader, or a kill at any moment, finds the old one or the new one, whole. */
  async write(name: string, content: string): Promise<string> {
    const target = join(this.path, name);
    const draft = `${target}.${process.pid}.tmp`;
    const file = await open(draft, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, target);
    return target;
  }

  /** The samples that are there, in the order of execution. */
  async readSamples(): Promise<TrialSample[]> {
    const names = (await readdir(join(this.path, SAMPLES))).filter(isSample).sort();
    return Promise.all(names.map((name) => this.readSample(name)));
  }

  private async readSample(name: string): Promise<TrialSample> {
    const sample = JSON.parse(await readFile(join(this.path, SAMPLES, name), 'utf8')) as TrialSample;
    if (sample.sampleVersion !== SAMPLE_VERSION) {
      throw new RunDirectoryError(
        `${name}: expected sample version ${SAMPLE_VERSION}, found ${sample.sampleVersion}`,
      );
    }
    return sample;
  }
}

function commitsName(trial: Trial): string {
  return `${trialName(trial)}${COMMITS}`;
}

function isSample(name: string): boolean {
  return name.endsWith('.json') && !name.endsWith(COMMITS);
}

async function prepare(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found !== null && !found.isDirectory()) {
    throw new RunDirectoryError(`--out ${path}: expected a directory, found a file`);
  }
  const names = found === null ? [] : await readdir(path);
  if (names.length > 0 && !names.includes(PLAN)) {
    throw new RunDirectoryError(
      `--out ${path}: expected an empty directory or that of an earlier run, found ${names.slice(0, 3).join(', ')}`,
    );
  }
  await Promise.all(OURS.map((name) => rm(join(path, name), { recursive: true, force: true })));
  await mkdir(join(path, SAMPLES), { recursive: true });
}
