// Loaded by the guardian, once the harness is gone.
import { setTimeout as delay } from 'node:timers/promises';
import { holdQueue } from './grip.ts';
import { dismantle, namesOf, onChannel, queueExists, readMarker } from './possession.ts';

/** What a run has on a broker. */
export interface BrokerRemains {
  readonly url: string;
  readonly prefix: string;
  readonly runId: string;
}

/** For the connection of a run that has just been killed to be seen to be gone. */
const ATTEMPTS = 50;
const BETWEEN_ATTEMPTS_MS = 200;

/** Deletes the queues and the exchange of a run, if they still are that run's. */
export async function remove({ url, prefix, runId }: BrokerRemains): Promise<void> {
  const { marker: queue } = namesOf(prefix);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await delay(BETWEEN_ATTEMPTS_MS);
    await using grip = await holdQueue(url, prefix);
    const { model, held } = grip;
    const marker = await readMarker(model, prefix);
    if (marker !== null && marker.runId !== runId) return;
    // Whoever removes has to have it: another run may be about to take the names over.
    if (!held) continue;
    if (marker !== null) return await dismantle(model, prefix);
    // Killed before it had said whose it is: it had made nothing else.
    if (await queueExists(model, queue))
      await onChannel(model, (channel) => channel.deleteQueue(queue, { ifEmpty: true })).catch(
        () => undefined,
      );
    return;
  }
}
