// Loaded by the guardian, once the harness is gone.
import { connectBroker } from './connection.ts';
import { dismantle, isAlive, namesOf, onChannel, queueExists, readMarker } from './possession.ts';

/** What a run has on a broker. */
export interface BrokerRemains {
  readonly url: string;
  readonly prefix: string;
  readonly runId: string;
}

/** Deletes the queues and the exchange of a run, if they still are that run's. */
export async function remove({ url, prefix, runId }: BrokerRemains): Promise<void> {
  const model = await connectBroker(url);
  try {
    const { marker: queue } = namesOf(prefix);
    const marker = await readMarker(model, prefix);
    if (marker?.runId === runId) return await dismantle(model, prefix);
    // Killed before it had said whose it is: it had made nothing else.
    if (marker === null && (await queueExists(model, queue)) && !(await isAlive(model, prefix)))
      await onChannel(model, (channel) => channel.deleteQueue(queue, { ifEmpty: true })).catch(
        () => undefined,
      );
  } finally {
    await model.close().catch(() => undefined);
  }
}
