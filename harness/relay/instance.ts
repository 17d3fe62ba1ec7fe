import { fileURLToPath } from 'node:url';
import { ForkedProcess, type ReadyProcess } from '../process/forked-process.ts';
import { ProcessLostError } from '../process/process-lost-error.ts';
import { startSuccession } from '../process/succession.ts';
import {
  environmentOf,
  type StrategyProcess,
  type StrategySite,
  strategyProcess,
} from '../service/strategy-process.ts';
import type {
  AppliedChange,
  RelayBacklog,
  RelayCommand,
  RelayConfig,
  RelayLag,
  RelayMessage,
  RelayReport,
} from './protocol.ts';
import { totalReport } from './total-report.ts';

/** A relay process could not start, ended while it was needed, or did not answer any more. */
export class RelayLostError extends ProcessLostError {
  readonly code = 'E_RELAY_LOST';
  override readonly name = 'RelayLostError';
}

/** A successor goes on where the killed one was. */
export interface RelayInstance extends StrategyProcess<RelayReport> {
  /** What still lies before it. */
  backlog(): Promise<RelayBacklog>;
  /** How late changes came since `stormStarts`, and in which order; of those that were killed it is lost with them. */
  lag(): Promise<{ readonly lag: RelayLag; readonly changes: readonly AppliedChange[] }>;
}

export interface RelayOptions extends StrategySite {
  readonly config: RelayConfig;
  /** Of the user `relay`. */
  readonly databaseUrl: string;
}

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/**
 * Starts a relay and resolves once it takes part.
 *
 * @throws RelayLostError when the process ends first, or is not ready in time, with what it said.
 */
export async function startRelayInstance({ config, ...site }: RelayOptions): Promise<RelayInstance> {
  const place = await startSuccession<ReadyProcess<RelayCommand, RelayMessage>, RelayReport>(
    (account) =>
      ForkedProcess.start({
        entry: MAIN,
        env: { ...environmentOf(site), CACHESTORM_RELAY: JSON.stringify({ ...config, ...account }) },
        onProcess: site.onProcess,
        signal: site.signal,
        lost: (ending) => new RelayLostError(`the relay ${config.relay}-${config.index}`, ending),
      }),
    site.accounts,
  );
  return {
    ...strategyProcess(place, totalReport),
    backlog: async () => (await place.living.ask('backlog')).backlog,
    lag: () => place.living.ask('lag'),
  };
}
