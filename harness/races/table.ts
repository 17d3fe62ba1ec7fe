/** Every known race, and what becomes of it under each write strategy without a relay. */
import { abortedCommit, crashAfterCommit } from './failures.ts';
import { crashAfterAck, lateSet, lateSetAfterAll, memoryRunsOut, plainDelete } from './late-sets.ts';
import { cacheOvertaken, databaseOvertaken, readAfterAck, readBeforeCommit, readBetween } from './orders.ts';
import type { Outcome, Race, Traits } from './race.ts';

export const races: readonly Race[] = [
  lateSet,
  lateSetAfterAll,
  crashAfterAck,
  plainDelete,
  memoryRunsOut,
  readBetween,
  readBeforeCommit,
  cacheOvertaken,
  databaseOvertaken,
  readAfterAck,
  abortedCommit,
  crashAfterCommit,
];

export const traits: Readonly<Record<string, Traits>> = {
  'delayed-double-delete': { deletesTwice: true },
  'double-write-both': { atOnce: true },
  'write-through': { inTransaction: true },
};

type Expected = Readonly<Record<string, Outcome>>;

/** Nothing in it keeps a late reader out. */
const lateSets: Expected = {
  'late set': 'old',
  'late set after all': 'old',
  'crash after the ack': 'old',
  'plain DEL': 'old',
  'memory runs out': 'old',
};

const oldAtFirst: Expected = { 'read after the ack': 'old at first', 'read between': 'old at first' };

/** The races that happen, every time; every other ends right, every time. */
export const happens: Readonly<Record<string, Expected>> = {
  'cache-aside': { ...lateSets, 'crash after the commit': 'old' },
  'cache-aside+lease': { 'crash after the commit': 'old' },
  'delete-then-update': { ...lateSets, 'read between': 'old' },
  'delayed-double-delete': { ...lateSets, 'late set': 'right' },
  'double-write-db-first': { ...lateSets, 'cache overtaken': 'old', 'crash after the commit': 'old' },
  'double-write-cache-first': {
    ...lateSets,
    'read before the commit': 'early',
    'database overtaken': 'old',
    'aborted commit': 'dirty',
  },
  'double-write-both': {
    ...lateSets,
    'read before the commit': 'early',
    'cache overtaken': 'old',
    'database overtaken': 'old',
    'aborted commit': 'dirty',
    'crash after the commit': 'old',
  },
  'write-through': { ...lateSets, 'read before the commit': 'early', 'aborted commit': 'dirty' },
  versioned: { 'plain DEL': 'old', 'memory runs out': 'old', 'crash after the commit': 'old' },
  'versioned-double-write': { 'plain DEL': 'old', 'crash after the commit': 'old' },
  'tag-as-deleted': { 'crash after the commit': 'old' },
  'tag-as-deleted-weak': { ...oldAtFirst, 'crash after the commit': 'old' },
};
