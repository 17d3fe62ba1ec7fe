/** Whatever a user writes is taken, or refused as wrong usage with its place and a message: nothing else ever happens. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { metricNames } from '../result/metrics.ts';
import { loadContest } from './contest.ts';
import { UsageError } from './errors.ts';
import { builtInScenarios, loadScenario } from './scenarios.ts';
import { parseSetting } from './settings.ts';
import { findStrategy } from './strategies.ts';

/** A second or two; 4,000 of each take one minute, when the catalogue changes. */
const RUNS = 80;

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fuzz-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the files of a test export; a file's text could not hold a proxy or a cycle. */
const exported: Record<string, unknown> = {};
Object.assign(globalThis, { exportedByFuzz: exported });

async function fileOf(value: unknown): Promise<string> {
  files += 1;
  exported[files] = value;
  const file = join(folder, `mine-${files}.mjs`);
  await writeFile(file, `export default globalThis.exportedByFuzz[${files}];`);
  return file;
}

async function takenOrRefused(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    for (const { path, message } of error.problems) {
      expect(path).not.toBe('');
      expect(message).not.toBe('');
    }
  }
}

function cyclic(): object {
  const one: Record<string, unknown> = {};
  one.self = { list: [one] };
  return one;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const throwing = () =>
  Object.defineProperty({}, 'kind', {
    enumerable: true,
    get() {
      throw Object.create(null);
    },
  });

const NAMES = [
  'constructor',
  '__proto__',
  'toString',
  'length',
  '0',
  '',
  'vs',
  'all',
  'x'.repeat(300),
  '\u202e',
];

/** Makes the value: fast-check looks into values that it generates, which a revoked proxy does not allow. */
type Make = () => unknown;

const made =
  (value: unknown): Make =>
  () =>
    value;

const anyValue: fc.Arbitrary<Make> = fc.oneof(
  fc
    .anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: true,
    })
    .map(made),
  fc
    .constantFrom<unknown>(0, -0, -1, 0.5, 1, Number.POSITIVE_INFINITY, Number.NaN, '', null, undefined, true)
    .map(made),
  fc
    .constantFrom<unknown>([], {}, [[]], 5n, Symbol('s'), () => 1, new Date(Number.NaN), /x/, class {})
    .map(made),
  fc.constantFrom<Make>(cyclic, revoked, throwing),
  fc.constantFrom(...NAMES).map(made),
);

/** Every place of a value, as the parts of its path. */
function placesIn(value: unknown, path: readonly string[] = []): string[][] {
  const below =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, each]) => placesIn(each, [...path, name]))
      : [];
  return [[...path], ...below];
}

/** A deep copy of `value` that is another one at `path`. */
function changedAt(value: unknown, path: readonly string[], other: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return other;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  const inside = changedAt((copy as Record<string, unknown>)[name], rest, other);
  Object.defineProperty(copy, name, { value: inside, enumerable: true, configurable: true, writable: true });
  return copy;
}

const scenarios = builtInScenarios().map((scenario) => ({
  ...JSON.parse(JSON.stringify(scenario)),
  name: `mine-${scenario.name}`,
}));

test('scenario files', { timeout: 60_000 }, async () => {
  const changes = fc.array(
    fc.tuple(fc.nat(), fc.option(fc.constantFrom(...NAMES, 'kind', 'orgin')), anyValue),
    {
      minLength: 1,
      maxLength: 3,
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...scenarios), changes, async (scenario, all) => {
      let input: unknown = scenario;
      for (const [nth, name, value] of all) {
        const places = placesIn(scenario);
        const place = places[nth % places.length] ?? [];
        try {
          input = changedAt(input, name === null ? place : [...place, name], value());
        } catch {
          // The place is gone, by a change before.
        }
      }
      const file = await fileOf(input);
      await takenOrRefused(() => loadContest(file, [], null));
    }),
    { numRuns: RUNS },
  );
});

test('strategy files', { timeout: 60_000 }, async () => {
  const parameter = { unit: 'ms', default: 5, min: 1, max: 9, description: 'd' };
  const strategy = {
    ...{
      kind: 'write',
      name: 'mine',
      idea: 'i',
      source: '',
      weakness: '',
      parameters: { lockMs: parameter },
    },
    ...{ expiry: 'physical', evictionPolicy: 'noeviction' },
  };
  const code = { create: () => ({}), predict: () => null };
  const places = placesIn(strategy).slice(1);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...places),
      fc.option(fc.constantFrom(...NAMES)),
      anyValue,
      async (place, name, value) => {
        const path = name === null ? place : [...place, name];
        const input = Object.assign(changedAt(strategy, path, value()) as object, code);
        const file = await fileOf(input);
        await takenOrRefused(() => findStrategy(file));
      },
    ),
    { numRuns: RUNS },
  );
});

test('files that export anything', async () => {
  await fc.assert(
    fc.asyncProperty(anyValue, async (value) => {
      const file = await fileOf(value());
      await takenOrRefused(() => loadScenario(file, []));
      await takenOrRefused(() => findStrategy(file));
    }),
    { numRuns: RUNS },
  );
});

test('--set', { timeout: 60_000 }, async () => {
  const names = [
    ...new Set(scenarios.flatMap((scenario) => placesIn(scenario)).flat()),
    ...NAMES,
    '1e3',
    'a.b',
  ];
  const value = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constantFrom('NaN', '1e999', '-0', '0th', 'null', '[]', '{}', '{"__proto__":{"x":1}}', '{"a":'),
  );
  const place = fc.oneof(
    fc.constantFrom(...scenarios.flatMap((scenario) => placesIn(scenario)).slice(1)),
    fc.array(fc.constantFrom(...names), { maxLength: 5 }),
    fc.constantFrom(...NAMES).map((name) => ['parameters', name, 'lockMs']),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...builtInScenarios().map(({ name }) => name)),
      fc.array(fc.tuple(place, value), { minLength: 1, maxLength: 3 }),
      (name, texts) =>
        takenOrRefused(() =>
          loadContest(
            name,
            texts.map(([path, text]) => parseSetting(`${path.join('.')}=${text}`)),
            null,
          ),
        ),
    ),
    { numRuns: RUNS },
  );
});

test('--threshold', { timeout: 60_000 }, async () => {
  const word = fc.constantFrom('', 'none: ', 'vs none: ', 'nobody: ', 'mutex vs baseline: ', 'constructor: ');
  const end = fc.constantFrom(
    '',
    ' @95%',
    ' over after',
    ' over during(kill)',
    ' over after(constructor)',
    ' over all',
  );
  const expression = fc
    .tuple(
      word,
      fc.constantFrom(...metricNames, 'constructor'),
      fc.constantFrom('<', '<=', '>', '>=', '=='),
      fc.double({ min: 0, max: 200, noNaN: true }),
      fc.constantFrom('', '%', 'ms', 'constructor'),
      end,
    )
    .map(
      ([who, metric, operator, limit, unit, rest]) => `${who}${metric} ${operator} ${limit}${unit}${rest}`,
    );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('breakdown:killed-holder', 'avalanche:cold', 'write-crash:relay-killed'),
      fc.oneof({ weight: 4, arbitrary: expression }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) }),
      (name, text) => takenOrRefused(() => loadContest(name, [], null, { thresholds: [text] })),
    ),
    { numRuns: RUNS },
  );
});

test('--strategy and scenarios', async () => {
  const name = fc.oneof(
    fc.constantFrom(...NAMES, 'none', 'all', 'core', 'outbox', './', '/', '.', '..', 'x:y', 'breakdown:'),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(name, fc.array(name, { maxLength: 3 }), async (reference, chosen) => {
      await takenOrRefused(() => loadContest(reference, [], null));
      await takenOrRefused(() => loadContest('breakdown', [], chosen));
    }),
    { numRuns: RUNS },
  );
});
