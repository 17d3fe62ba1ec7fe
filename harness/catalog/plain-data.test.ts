/** Whatever a user's scenario file exports is taken or refused with its place. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shown, UsageError } from './errors.ts';
import { plainData } from './plain-data.ts';
import { loadScenario } from './scenarios.ts';

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plain-data-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What is said of a sound scenario with `change`, code that sees it as `mine`. */
async function problemsWith(change: string): Promise<string> {
  files += 1;
  const file = join(folder, `mine-${files}.ts`);
  await writeFile(
    file,
    `const profile = { rounds: 1, stormMs: 500 };
    let mine = { name: 'mine', title: 'Mine', question: 'Why?', load: { model: 'open', ratePerSec: 100 },
      keys: { kind: 'hot' }, strategies: ['none'], profiles: { smoke: profile, standard: profile, publish: profile } };
    ${change};
    export default mine;`,
  );
  return loadScenario(file, []).then(
    () => '',
    (error: unknown) =>
      error instanceof UsageError ? error.message.replaceAll(`${file}: `, '') : Promise.reject(error),
  );
}

describe('a scenario of a user’s file', () => {
  test('that is sound is taken', async () => {
    expect(await problemsWith('')).toBe('');
    expect(await problemsWith('mine.core = undefined')).toBe('');
  });

  test.each([
    ['mine.load.ratePerSec = NaN', 'load.ratePerSec: expected number, got number NaN'],
    ['mine.load.ratePerSec = Infinity', 'load.ratePerSec: expected number, got number Infinity'],
    ['mine.load.ratePerSec = 5n', 'load.ratePerSec: expected text, a number, .* got bigint 5'],
    ['mine.title = Symbol("t")', 'title: expected text, .* got symbol Symbol\\(t\\)'],
    ['mine.title = () => "t"', 'title: expected text, .* got a function'],
    ['mine.load.self = mine', 'expected at most 20 objects within each other'],
    [
      'mine.variants = [{ name: "v", title: "v", set: { load: () => 1 } }]',
      'variants.0.set.load: expected text',
    ],
    [
      'Object.defineProperty(mine, "title", { enumerable: true, get() { throw new Error("no") } })',
      'could not be read: no',
    ],
    [
      'Object.defineProperty(mine, "title", { enumerable: true, get() { throw null } })',
      'could not be read: its own',
    ],
    ['mine = new Proxy(mine, { ownKeys() { throw new Error("hidden") } })', 'could not be read: hidden'],
    [
      'mine.keys = new Proxy({}, { ownKeys() { throw new Error("hidden") } })',
      'keys: could not be read: hidden',
    ],
    ['mine.strategies = new Array(4e9)', 'strategies: expected at most 10000 entries, got 4000000000'],
    ['mine.aliases = { ["__proto__"]: "none" }', 'aliases.__proto__: expected another name'],
    ['mine.parameters = { constructor: { x: 1 } }', 'parameters.constructor: expected another name'],
    ['mine.title = "a\\u202eb"', 'title: expected one line of text .*, got string "a.b"'],
    ['mine.title = "\\u001b[2J"', 'title: expected one line of text'],
    ['mine.question = "a\\nb"', 'question: expected one line of text'],
    ['mine.title = "\\ud800"', 'title: expected one line of text'],
    ['mine.title = "x".repeat(1e4)', 'title: expected at most 1000 characters'],
    ['mine.name = "x".repeat(1e4)', 'name: expected at most 48 characters'],
    [
      'mine.aliases = { ["x".repeat(1e4)]: "none" }',
      'aliases.x+: expected at most 48 characters, got the name',
    ],
    [
      'mine.aliases = { A: "none" }',
      'aliases.A: expected kebab-case, such as my-strategy .*, got the name string "A"',
    ],
    ['mine["\\u001b[2Jtitle"] = 1', 'title: unknown name'],
    ['mine.thresholds = ["\\u001b[2J"]', 'thresholds.0: '],
  ])('%s is refused', async (change, message) => {
    expect(await problemsWith(change)).toMatch(new RegExp(message));
  });

  test.each([
    ['mine.quesiton = 1', 'quesiton: unknown name; expected one of name, title, .*Did you mean "question"'],
    ['mine.orgin = {}', 'orgin: unknown name; expected one of .* Did you mean "origin"'],
    ['mine.cache = { ttl: 5 }', 'cache.ttl: unknown name; expected one of ttlMs, roomBytes, .*"ttlMs"'],
    ['mine.load.rate = 5', 'load.rate: unknown name; expected one of model, arrivals, ratePerSec, '],
    [
      'mine.load = { model: "closed", connection: 5, connections: 5 }',
      'connection: unknown name; expected one of model, connections, keepAlive',
    ],
    [
      'mine.faults = [{ kind: "flush", atMS: 1, atMs: 1 }]',
      'faults.0.atMS: unknown name; expected one of kind, atMs',
    ],
    [
      'mine.streams = [{ name: "s", share: 0.1, keys: { kind: "scan", cuont: 5, count: 5 } }]',
      'cuont: unknown name; expected one of kind, count',
    ],
    [
      'mine.profiles.smoke = { round: 1, stormMs: 500, rounds: 1 }',
      'profiles.smoke.round: unknown name; expected one of rounds, stormMs',
    ],
  ])('%s is told with the names that the schema has', async (change, message) => {
    expect(await problemsWith(change)).toMatch(new RegExp(message));
  });
});

test('what is copied holds no code', () => {
  const source = {
    get now() {
      return 5;
    },
    list: new Array(1),
    empty: null,
  };
  const copy = plainData(source, '');
  expect(copy).toEqual({ now: 5, list: [undefined], empty: null });
  expect(Object.getOwnPropertyDescriptor(copy, 'now')).toMatchObject({ value: 5 });
});

test('a value that can’t be read is shown all the same', () => {
  const itself: Record<string, unknown> = {};
  itself.self = itself;
  const throwing = {
    get x() {
      throw new Error('no');
    },
  };
  expect([Number.NaN, -Infinity, 5n, { rate: Number.NaN }].map(shown)).toEqual([
    ...['number NaN', 'number -Infinity', 'bigint 5', 'object {"rate":"NaN"}'],
  ]);
  expect([itself, throwing].map(shown)).toEqual(Array(2).fill('an object that can’t be read'));
});
