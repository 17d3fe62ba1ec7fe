import { HistoryWriter } from './history-writer.ts';
import { kindOf } from './operation.ts';
import { WriteIdScanner } from './write-ids.ts';

const history = new HistoryWriter('/dev/null', 0);
const kind = kindOf('read', 'ok', 'hit');
let turn = 0;

const scanner = new WriteIdScanner();
const body = Buffer.from(JSON.stringify({ id: 'item-4711', value: `w2s8k.${'w'.repeat(250)}`, version: 12 }));

export const benchmarks = {
  'history record': () => {
    turn = (turn * 31 + 7) % 10_007;
    const startUs = turn + 0.5;
    // The key is put together anew, as a load does: its hash is part of the price.
    history.record({
      ...{ key: `item-${turn}`, kind, session: 3, writeId: turn, version: 4 },
      ...{ startUs, finishUs: startUs + 800.25 },
    });
  },
  'history, id in a body': () => {
    scanner.reset();
    scanner.push(body);
    return scanner.result();
  },
};
