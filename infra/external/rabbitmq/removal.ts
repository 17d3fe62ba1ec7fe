// Loaded by the guardian, once the harness is gone.
import { removeQueues } from './possession.ts';

/** What a run has on a broker. */
export interface BrokerRemains {
  readonly url: string;
  /** See `ownPrefix`. */
  readonly own: string;
}

/** Deletes the queues and the exchange of a run. */
export async function remove({ url, own }: BrokerRemains): Promise<void> {
  await removeQueues(url, own);
}
