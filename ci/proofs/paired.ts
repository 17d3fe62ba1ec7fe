/**
 * `npm run proof:paired -- [--slower 10] [--aa 20]`: what the verdicts of comparisons are worth, on this machine and
 * in real runs of the breakdown scenario in the publish profile:
 *
 * - the baseline against itself with loads that take 10% longer, `--slower` times: nine runs of ten must say so;
 * - the baseline against itself, `--aa` times: at most one comparison in twenty may say that it differs from itself.
 *   Its storms are shorter than the profile's, which only makes it harder: fewer expiries, more scatter.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Comparison, resultSchema } from '../../harness/result/schema.ts';
import { type Proof, prove } from './proof.ts';

const SLOWER = fileURLToPath(new URL('./paired/slower.ts', import.meta.url));
const ALLOWED_FALSE = 0.05;
const NEEDED_FOUND = 0.9;
const SHORT_STORMS = ['--set', 'profiles.publish.stormMs=1500'];

const { values: flags } = parseArgs({
  options: {
    aa: { type: 'string', default: '20' },
    slower: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
  },
});
await prove('paired', async (proof) => {
  const seed = Number(flags.seed);
  const found = await detectSlowdowns(proof, Number(flags.slower), seed);
  const { different, comparisons } = await compareWithItself(proof, Number(flags.aa), seed + 1_000);
  const slowdownsHold = found >= NEEDED_FOUND * Number(flags.slower);
  const selfHolds = different <= ALLOWED_FALSE * comparisons;
  console.log(`10% slower: found in ${found} of ${flags.slower} runs${slowdownsHold ? '' : '  FAILED'}`);
  console.log(
    `the baseline against itself: ${different} of ${comparisons} comparisons say different${selfHolds ? '' : '  FAILED'}`,
  );
  return slowdownsHold && selfHolds;
});

async function detectSlowdowns(proof: Proof, runs: number, firstSeed: number): Promise<number> {
  let found = 0;
  for (let turn = 0; turn < runs; turn++) {
    const comparisons = await compare(proof, ['--strategy', `none,${SLOWER}`], firstSeed + turn);
    const p99 = comparisons.find(({ metric }) => metric === 'latency.response.p99');
    if (p99?.verdict === 'worse') found++;
    console.log(`slower, run ${turn + 1} of ${runs}: ${comparisons.map(told).join('; ')}`);
  }
  return found;
}

async function compareWithItself(proof: Proof, runs: number, firstSeed: number) {
  let different = 0;
  let comparisons = 0;
  for (let turn = 0; turn < runs; turn++) {
    const all = await compare(proof, ['--strategy', 'none', '--aa', ...SHORT_STORMS], firstSeed + turn);
    comparisons += all.length;
    different += all.filter(({ verdict }) => verdict === 'better' || verdict === 'worse').length;
    console.log(`against itself, run ${turn + 1} of ${runs}: ${all.map(told).join('; ')}`);
  }
  return { different, comparisons };
}

async function compare(
  { folder, run }: Proof,
  options: readonly string[],
  seed: number,
): Promise<readonly Comparison[]> {
  const profile = ['--profile', 'publish', '--variants', 'none'];
  const { code, stderr } = await run([
    ...['run', 'breakdown', ...profile, ...options, '--seed', String(seed), '--force', '--out', folder],
  ]);
  // 4: a trial was void twice, on a busy machine. Its comparisons stand, and count here too.
  if (code !== 0 && code !== 1 && code !== 4)
    throw new Error(`the run ended with exit code ${code}: ${stderr}`);
  const result = resultSchema.parse(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')));
  return result.scenarios.flatMap((scenario) => scenario.comparisons);
}

function told({ metric, ratio, verdict, pAdjusted }: Comparison): string {
  return `${metric} x ${ratio?.toFixed(3)} ${verdict} (p ${pAdjusted?.toPrecision(2)})`;
}
