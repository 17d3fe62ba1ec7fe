/** What happened to the worst key, in words: the sentence above its picture, and the rows below it. */
import { agreeing } from '../../harness/result/agreement.ts';
import { byGravity } from '../../harness/result/gravity.ts';
import type { ScenarioResult, WorstKey } from '../../harness/result/schema.ts';
import { figure, MISSING, quantity } from './format.ts';

type KeyOperation = WorstKey['operations'][number];

export interface KeyOfStrategy {
  readonly strategy: string;
  readonly key: WorstKey;
}

/** One for each strategy that has one, the gravest first. */
export function worstKeys({ strategies }: ScenarioResult): readonly KeyOfStrategy[] {
  return strategies
    .flatMap(({ name, worstKey }) => (worstKey === undefined ? [] : [{ strategy: name, key: worstKey }]))
    .toSorted((a, b) => byGravity(a.key, b.key));
}

/** `14 of 120 reads were stale, by up to 812 ms: ... In the end the cache had version 5 and the database version 6.` */
export function keyStory(key: WorstKey): string {
  const { reads, stale, dirty, lost, staleMaxMs } = key.counts;
  const parts = [
    ...(stale === 0
      ? []
      : [
          `${stale} of ${many(reads, 'read')} ${agreeing(stale, 'was', 'were')} stale, by ${stale === 1 ? '' : 'up to '}${quantity(staleMaxMs, 'ms')}${overtaken(key)}`,
        ]),
    ...(dirty === 0 ? [] : [`${many(dirty, 'read')} returned a value that was never committed`]),
    ...(lost === 0
      ? []
      : [`${many(lost, 'write')} ${agreeing(lost, 'was', 'were')} acknowledged and never committed`]),
    ...ending(key),
  ];
  return parts.map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}.`).join(' ');
}

/** How the first stale read that is shown came about, as far as the operations tell. */
function overtaken({ counts, operations }: WorstKey): string {
  const read = operations.find(({ wrong = [] }) => wrong.includes('stale'));
  const version = read?.version ?? null;
  if (read === undefined || version === null) return '';
  const writes = operations.filter(({ op }) => op === 'write');
  const [newer] = writes
    .flatMap((write) =>
      write.outcome === 'ok' &&
      write.toMs !== null &&
      write.toMs <= read.fromMs &&
      (write.version ?? version) > version
        ? [{ ...write, toMs: write.toMs }]
        : [],
    )
    .toSorted((a, b) => a.toMs - b.toMs);
  if (newer === undefined) return '';
  const own = writes.find((write) => write.version === version);
  const together =
    own !== undefined && own.fromMs < newer.toMs && newer.fromMs < (own.toMs ?? Number.POSITIVE_INFINITY);
  const before = quantity(read.fromMs - newer.toMs, 'ms');
  const which = counts.stale === 1 ? 'it' : 'the first of them below';
  return `: ${which} returned version ${version}, though version ${newer.version} had been acknowledged ${before} before it was sent${together ? ', and the two had been written at the same time' : ''}`;
}

function ending(key: WorstKey): readonly string[] {
  const last = key.finalCache.at(-1);
  if (key.finalDatabase === null || last === undefined) return [];
  if (!last.held) return ['in the end the cache had no entry'];
  const held = last.version === null ? 'a value that was never committed' : `version ${last.version}`;
  // Also where it had been right before: what it had at the last look is what is told.
  return last.version !== key.finalDatabase
    ? [`in the end the cache had ${held} and the database version ${key.finalDatabase}`]
    : [`in the end both had version ${key.finalDatabase}`];
}

export interface OperationRow {
  readonly op: string;
  /** The client; empty where it is not known. */
  readonly by: string;
  /** Milliseconds since the storm began. */
  readonly sent: string;
  /** Milliseconds, or that there was no answer. */
  readonly took: string;
  readonly version: string;
  readonly answered: string;
  readonly wrong: string;
}

export function operationRows({ operations }: WorstKey): readonly OperationRow[] {
  return operations.map((operation) => ({
    op: operation.op,
    by: operation.session === undefined ? '' : `client ${operation.session}`,
    sent: SENT.format(operation.fromMs),
    took: operation.toMs === null ? 'no answer' : figure(operation.toMs - operation.fromMs, 'ms'),
    version: versionWords(operation),
    answered: answerWords(operation),
    wrong: (operation.wrong ?? []).map((what) => wrongWords(what, operation)).join(', '),
  }));
}

/** Their order has to show. */
const SENT = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

function versionWords({ version, wrong = [] }: KeyOperation): string {
  if (version !== null) return String(version);
  return wrong.includes('dirty') || wrong.includes('lost') ? 'none' : MISSING;
}

function answerWords({ op, outcome, source, process }: KeyOperation): string {
  const how = { read: { ok: source, fail: 'failed', info: 'not known' }, write: WRITTEN }[op][outcome];
  return [
    ...(how === undefined ? [] : [how]),
    ...(process === undefined ? [] : [`instance ${process}`]),
  ].join(', ');
}

const WRITTEN = { ok: 'acknowledged', fail: 'failed', info: 'not known' } as const;

function wrongWords(what: string, { staleMs, version, writeId }: KeyOperation): string {
  if (what === 'stale' && staleMs !== undefined) return `stale by ${quantity(staleMs, 'ms')}`;
  // Without a version the write's own name is all that ties a read to it.
  const write = version === null && writeId !== undefined ? ` (write ${writeId.toString(36)})` : '';
  return `${WRONG[what] ?? what}${write}`;
}

const WRONG: Readonly<Record<string, string>> = {
  stale: 'stale',
  dirty: 'never committed',
  foreign: 'the value of another key',
  monotonic: 'older than its client had read',
  'read-your-writes': 'older than its client had written',
  lost: 'acknowledged, never committed',
};

function many(count: number, noun: string): string {
  return `${count} ${agreeing(count, noun)}`;
}
