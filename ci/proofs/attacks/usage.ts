/** Attacks by what users write, on the command line and in files: `node ci/proofs/attacks/usage.ts [word]`. */
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attack } from '../attack.ts';
import type { Proof } from '../proof.ts';

/** Refuses with a sentence before anything starts: exit code 2, no stack, nothing that a terminal obeys, no file. */
async function assertRefused(proof: Proof, args: readonly string[], said: RegExp): Promise<void> {
  const before = await readdir(proof.folder);
  const { code, stderr, stdout } = await proof.run(['run', ...args, '--infra', 'local'], {
    cwd: proof.folder,
  });
  const what = `${JSON.stringify(args).slice(0, 200)}: ${stderr}`;
  assert.equal(code, 2, what);
  assert.match(stderr, said);
  assert.doesNotMatch(stderr, /^ +at /m, what);
  assert.doesNotMatch(stderr.replaceAll('\n', ''), /[\p{Cc}\p{Bidi_Control}]/u, what);
  assert.equal(stdout, '');
  assert.deepEqual(await readdir(proof.folder), before);
}

const SOUND = `const profile = { rounds: 1, stormMs: 500 };
let mine = { name: 'mine', title: 'Mine', question: 'Why?', load: { model: 'open', ratePerSec: 100 },
  keys: { kind: 'hot' }, strategies: ['none'], profiles: { smoke: profile, standard: profile, publish: profile } };`;

/** The same of a sound scenario's file with a change. */
async function assertFileRefused(proof: Proof, change: string, said: RegExp): Promise<void> {
  await writeFile(join(proof.folder, 'mine.mjs'), `${SOUND}\n${change};\nexport default mine;\n`);
  await assertRefused(proof, ['./mine.mjs'], said);
}

const TEN_THOUSAND = 'x'.repeat(10_000);

await attack('usage', {
  'an alias called like a built-in strategy of either kind': async (proof) => {
    await assertRefused(
      proof,
      ['write-crash', '--set', 'aliases={"outbox":"cache-aside"}'],
      /aliases\.outbox: expected another name/,
    );
    await assertRefused(
      proof,
      ['breakdown', '--set', 'aliases={"lease":"none"}'],
      /aliases\.lease: expected another name/,
    );
    await assertRefused(proof, ['breakdown', '--set', 'name=avalanche'], /name: expected another name/);
  },
  'what every object has': async (proof) => {
    await assertRefused(proof, ['--set', 'strategies.length=0th'], /no such setting/);
    await assertRefused(proof, ['--set', 'parameters.__proto__.x=1'], /parameters\.__proto__\.x: expected/);
    await assertRefused(proof, ['--set', 'aliases={"__proto__":"none"}'], /__proto__: expected another name/);
    await assertRefused(proof, ['--image', 'constructor=foo'], /Expected KIND=IMAGE/);
    await assertRefused(proof, ['--strategy', 'none,constructor'], /unknown strategy "constructor"/);
    await assertRefused(proof, ['constructor'], /unknown scenario "constructor"/);
  },
  'files whose values are code': async (proof) => {
    await assertFileRefused(proof, 'mine.load.ratePerSec = NaN', /got number NaN/);
    await assertFileRefused(proof, 'mine.load.ratePerSec = 5n', /got bigint 5/);
    await assertFileRefused(proof, 'mine.load.self = mine', /does one hold itself/);
    await assertFileRefused(proof, 'mine.title = Symbol()', /got symbol/);
    await assertFileRefused(
      proof,
      'Object.defineProperty(mine, "title", { enumerable: true, get() { throw {} } })',
      /could not be read/,
    );
    await assertFileRefused(
      proof,
      'mine = new Proxy(mine, { ownKeys() { throw new Error("no") } })',
      /could not be read: no/,
    );
  },
  'texts that a terminal obeys, and long names': async (proof) => {
    await assertFileRefused(proof, 'mine.title = "a\\u202eb"', /title: expected one line of text/);
    await assertFileRefused(proof, 'mine["\\u001b[2J"] = 1', /unknown name/);
    await assertFileRefused(proof, 'mine.thresholds = ["\\u001b]0;owned\\u0007"]', /thresholds\.0/);
    await assertFileRefused(proof, `mine.name = "${TEN_THOUSAND}"`, /name: expected at most 48 characters/);
    await assertFileRefused(
      proof,
      `mine.aliases = { ${TEN_THOUSAND}: "none" }`,
      /expected at most 48 characters/,
    );
    await assertFileRefused(
      proof,
      `mine.variants = [{ name: "${TEN_THOUSAND}", title: "t", set: {} }]`,
      /expected at most 48 characters/,
    );
    await assertRefused(proof, ['\u001b[2J\u202e'], /unknown scenario/);
  },
  'thresholds that say nothing': async (proof) => {
    for (const [threshold, said] of [
      ['goodput < 99', /share of 1/],
      ['staleness.readRate < 1', /write 1% or 100%/],
      ['goodput > 150%', /never holds/],
      ['db.reads >= 0', /always holds/],
      ['goodput > 9% over after(nope)', /no window/],
      ['mq.lost == 0', /does not measure mq\.lost/],
      ['db.raeds < 5', /Did you mean "db\.reads"\? The metrics are/],
    ] as const) {
      await assertRefused(proof, ['breakdown', '--variants', 'none', '--threshold', threshold], said);
    }
  },
});
