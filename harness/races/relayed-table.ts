/** What becomes of every race of relays under each write strategy that has one. */
import type { Outcome } from './race.ts';
import {
  consumersOvertaken,
  crashHalfway,
  failedOnce,
  lateSet,
  lostBeforeStored,
  plainDelete,
  publishOvertaken,
  type RelayedRace,
  readAfterAck,
  type Ways,
} from './relayed.ts';

export const relayedRaces: readonly RelayedRace[] = [
  lateSet,
  plainDelete,
  crashHalfway,
  publishOvertaken,
  consumersOvertaken,
  failedOnce,
  readAfterAck,
  lostBeforeStored,
];

type Expected = Readonly<Record<string, Outcome>>;

const PUBLISHES: Ways = { halfway: 'beforePublish' };
const SHARES: Ways = { halfway: 'beforePublish', sharedQueue: true };
const STORES: Ways = { halfway: 'afterDbCommit' };

const behind: Expected = { 'read after the ack': 'old at first' };
const late: Expected = { 'late set': 'old', 'plain DEL': 'old' };
const lostMessage: Expected = { 'crash halfway': 'old' };

/** The races that happen, every time; every other ends right, every time. */
export const relayed: Readonly<Record<string, { readonly ways: Ways; readonly happens: Expected }>> = {
  'message-queue': { ways: PUBLISHES, happens: { ...behind, ...late, ...lostMessage } },
  'message-queue-4': { ways: SHARES, happens: { ...behind, ...late, ...lostMessage } },
  'message-queue-refresh': {
    ways: PUBLISHES,
    happens: { ...behind, ...late, ...lostMessage, 'publish overtaken': 'old', 'failed once': 'old' },
  },
  'message-queue-refresh-4': {
    ways: SHARES,
    happens: {
      ...behind,
      ...late,
      ...lostMessage,
      'publish overtaken': 'old',
      'consumer overtaken': 'old',
      'failed once': 'old',
    },
  },
  'message-queue-refresh-by-key': {
    ways: PUBLISHES,
    happens: { ...behind, ...late, ...lostMessage, 'publish overtaken': 'old' },
  },
  'message-queue-versioned': { ways: PUBLISHES, happens: { ...behind, ...lostMessage, 'plain DEL': 'old' } },
  outbox: { ways: STORES, happens: { ...behind, ...late } },
  binlog: { ways: STORES, happens: { ...behind, ...late } },
  'binlog-invalidate': { ways: STORES, happens: { ...behind, ...late } },
  'binlog-versioned': { ways: STORES, happens: { ...behind, 'plain DEL': 'old' } },
  'write-behind': {
    ways: PUBLISHES,
    happens: { ...late, 'crash halfway': 'dirty', 'publish overtaken': 'old', 'entry lost early': 'old' },
  },
  'write-behind-interval': {
    ways: { halfway: 'afterCacheSet' },
    happens: { ...late, 'entry lost early': 'old' },
  },
};
