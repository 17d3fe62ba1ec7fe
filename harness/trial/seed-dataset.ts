import { itemKey } from '../load/keys.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { TrialSite } from './site.ts';

const TOLD_EVERY_MS = 2_000;

/**
 * Fills the database with a scenario's rows.
 *
 * @param onProgress told how many rows are there, every 2 s and once all are; never where that takes no 2 s
 * @throws SeedError, or the signal's reason
 */
export async function seedDataset(
  { dataset: { rows, valueBytes } }: Pick<Scenario, 'dataset'>,
  { probes, clock, signal }: Pick<TrialSite, 'probes' | 'clock' | 'signal'>,
  onProgress: (rows: number) => void,
): Promise<void> {
  let toldAtUs = clock.nowUs();
  let told = false;
  await probes.database.seed(
    { rows, valueBytes, keyOf: itemKey },
    {
      signal,
      onProgress(written) {
        const due = clock.nowUs() - toldAtUs >= TOLD_EVERY_MS * 1000;
        if (!due && !(told && written === rows)) return;
        toldAtUs = clock.nowUs();
        told = true;
        onProgress(written);
      },
    },
  );
}
