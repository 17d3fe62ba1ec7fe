import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UsageError } from './errors.ts';
import { findStrategy } from './strategies.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strategies-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const fields = "name: 'mine', idea: 'i', source: 's', weakness: 'w', parameters: {}, create: () => ({})";

async function problemsOf(file: string, definition: string): Promise<string[]> {
  const path = join(folder, file);
  await writeFile(path, `export const mine = { ${definition} };\n`);
  const error: unknown = await findStrategy(path).then(
    () => null,
    (cause: unknown) => cause,
  );
  if (error === null) return [];
  if (!(error instanceof UsageError)) throw error;
  return error.problems.map(({ path: at, message }) => `${at.replace(`${path}: `, '')}: ${message}`);
}

test('a name is that of a way to read or of a way to write', async () => {
  const found = await Promise.all(['none', 'lease', 'cache-aside', 'versioned'].map(findStrategy));
  expect(found.map(({ name, kind }) => [name, kind])).toEqual([
    ['none', 'read'],
    ['lease', 'read'],
    ['cache-aside', 'write'],
    ['versioned', 'write'],
  ]);
  await expect(findStrategy('versiond')).rejects.toThrow('Did you mean "versioned"?');
});

test('a file may hold a way to write: the example does', async () => {
  const example = fileURLToPath(new URL('../../docs/examples/update-if-cached.ts', import.meta.url));
  expect(await findStrategy(example)).toMatchObject({ kind: 'write', name: 'update-if-cached' });
});

test('a way to write needs neither theory, nor a reader, nor a queue; what it has is checked', async () => {
  expect(await problemsOf('sound.ts', `kind: 'write', ${fields}`)).toEqual([]);
  expect(
    await problemsOf('odd.ts', `kind: 'write', ${fields}, queue: 3, relays: [], createReader: 'r'`),
  ).toEqual([
    'queue: expected a function, got number 3',
    'relays: expected a function, got array []',
    'createReader: expected a function, got string "r"',
  ]);
});

test('a way to read says how its entries end, and what theory says', async () => {
  expect(await problemsOf('unsaid.ts', `kind: 'read', ${fields}`)).toEqual([
    'expiry: expected "physical" or "logical" or "early", got nothing',
    'predict: expected a function, got nothing',
  ]);
});

test('a mistyped kind is told with the right ones', async () => {
  expect(await problemsOf('mistyped.ts', `kind: 'wirte', ${fields}`)).toEqual([
    'kind: expected "read" or "write", got string "wirte". Did you mean "write"?',
  ]);
});

test('a parameter has nothing but what it needs, and its default lies in its range', async () => {
  const parameter = (change: string) =>
    `kind: 'write', ${fields}, parameters: { n: { unit: 'ms', default: 5, min: 1, max: 9, description: 'd', ${change} } }`;
  expect(await problemsOf('in-range.ts', parameter('default: 9'))).toEqual([]);
  const range = 'parameters.n: expected min <= default <= max';
  expect((await problemsOf('below.ts', parameter('default: 0'))).join()).toContain(range);
  expect((await problemsOf('above.ts', parameter('default: 10'))).join()).toContain(range);
  expect((await problemsOf('more.ts', parameter('step: 2'))).join()).toContain(
    'parameters.n.step: unknown name',
  );
});

test('a file may not take a built-in strategy’s name', async () => {
  expect((await problemsOf('taken.ts', `kind: 'write', ${fields}, name: 'mutex'`)).join()).toContain(
    'name: expected another name: "mutex" is a built-in strategy’s own',
  );
});

test('an object whose own code throws is refused with the file', async () => {
  expect(
    await problemsOf('getter.ts', `kind: 'write', ${fields}, get idea() { throw new Error('no') }`),
  ).toEqual([`${join(folder, 'getter.ts')}: could not be read: no`]);
});

test('so is one that can’t be looked at to say what is wrong', async () => {
  const path = join(folder, 'revoked.ts');
  await writeFile(
    path,
    `const { proxy, revoke } = Proxy.revocable({}, {}); revoke();
    export const mine = { kind: 'write', ${fields}, parameters: { n: { unit: 'ms', min: proxy } } };`,
  );
  await expect(findStrategy(path)).rejects.toThrow(`${path}: could not be read: Cannot perform`);
});

test('its texts and names are safe to show, and to index objects by', async () => {
  const problems = await problemsOf(
    'unsafe.ts',
    `kind: 'write', ${fields}, name: 'constructor', idea: '\\u001b[2J', weakness: '\\u202e', parameters: { constructor: {} }`,
  );
  expect(problems.join('\n')).toMatch(
    /name: expected another name: .*\nidea: expected one line of text .*\nweakness: expected one line .*\nparameters\.constructor: expected another name/,
  );
});
