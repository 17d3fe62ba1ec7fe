/** What the scripts of `ci/proofs/attacks/` share: named attacks, one after the other, each in a directory of its own. */
import { AssertionError } from 'node:assert';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Proof, prove } from './proof.ts';

/** Attacks, and throws an AssertionError when that did harm. */
type Attack = (proof: Proof) => Promise<void>;

/**
 * Makes all attacks of one kind, says which did harm, and ends with exit code 0 when none did, else 1. A word on
 * the command line chooses those that have it in their names.
 */
export async function attack(kind: string, attacks: Readonly<Record<string, Attack>>): Promise<void> {
  const word = process.argv[2] ?? '';
  const chosen = Object.entries(attacks).filter(([name]) => name.includes(word));
  if (chosen.length === 0) throw new Error(`no attack of ${kind} has "${word}" in its name`);
  await prove(kind, async (proof) => {
    let harmful = 0;
    for (const [index, [name, make]] of chosen.entries()) {
      const folder = join(proof.folder, String(index));
      await mkdir(folder);
      try {
        await make({ ...proof, folder });
        console.log(`held    ${kind}: ${name}`);
      } catch (error) {
        proof.signal.throwIfAborted();
        if (!(error instanceof AssertionError)) throw error;
        harmful++;
        console.log(`HARMED  ${kind}: ${name}: ${error.message}`);
      }
    }
    return harmful === 0;
  });
}
