import { isWrite, outcomeOf } from '../../record/history/operation.ts';
import type { JudgedKey } from './judged-key.ts';
import type { KeyTruth, Verdict } from './truth.ts';
import { verdictOf } from './truth.ts';

export interface UpdateFindings {
  readonly verdict: Verdict;
  readonly acknowledged: number;
  /** Acknowledged, and never committed. */
  readonly lost: number;
  /** The first of these. */
  readonly lostExamples: readonly LostWrite[];
  /** By how much rows' versions rose less than writes of them were acknowledged. */
  readonly missingVersions: number;
  /** Commits of a write that had been committed before. */
  readonly repeatedCommits: number;
  /** Commits that did not raise the version. */
  readonly versionsNotRaised: number;
  /** Clients were told that they failed: so many were, and so many of them were committed all the same. */
  readonly failed: { readonly writes: number; readonly committed: number };
  /** Clients were told nothing. */
  readonly info: { readonly writes: number; readonly committed: number };
  /** Commits whose writes the history does not have. */
  readonly unknownCommits: number;
}

export interface LostWrite {
  readonly key: string;
  readonly writeId: number;
  readonly startUs: number;
  readonly ackedUs: number;
}

const EXAMPLES = 10;

/** What became of the writes: told, and true. */
export class Updates {
  readonly #counts = {
    ok: { writes: 0, committed: 0 },
    fail: { writes: 0, committed: 0 },
    info: { writes: 0, committed: 0 },
  };
  readonly #examples: LostWrite[] = [];
  #missingVersions = 0;
  #repeatedCommits = 0;
  #versionsNotRaised = 0;
  #commits = 0;

  /** @returns lost writes of the key */
  add({ history, places, order }: JudgedKey, { versions }: KeyTruth): number {
    const { key, count, kinds } = history;
    let [acknowledged, lost] = [0, 0];
    for (let index = 0; index < count; index++) {
      const kind = kinds[index] as number;
      if (!isWrite(kind)) continue;
      const outcome = outcomeOf(kind);
      const committed = (places[index] as number) >= 0;
      this.#counts[outcome].writes++;
      if (committed) this.#counts[outcome].committed++;
      if (outcome !== 'ok') continue;
      acknowledged++;
      if (committed) continue;
      lost++;
      if (this.#examples.length >= EXAMPLES) continue;
      this.#examples.push({
        ...{ key, writeId: history.writeIds[index] as number },
        ...{ startUs: history.startsUs[index] as number, ackedUs: history.finishesUs[index] as number },
      });
    }
    const rose = (versions[order.length - 1] ?? 0) - (versions[0] ?? 0);
    this.#missingVersions += Math.max(0, acknowledged - rose);
    this.#repeatedCommits += order.repeated;
    this.#versionsNotRaised += order.notRaised;
    this.#commits += order.length - 1 - order.repeated;
    return lost;
  }

  result(): UpdateFindings {
    const { ok, fail, info } = this.#counts;
    const lost = ok.writes - ok.committed;
    const bad = lost + this.#missingVersions + this.#versionsNotRaised;
    return {
      verdict: verdictOf(bad, ok.writes),
      acknowledged: ok.writes,
      lost,
      lostExamples: this.#examples,
      missingVersions: this.#missingVersions,
      repeatedCommits: this.#repeatedCommits,
      versionsNotRaised: this.#versionsNotRaised,
      failed: { ...fail },
      info: { ...info },
      unknownCommits: this.#commits - ok.committed - fail.committed - info.committed,
    };
  }
}
