import { type Problem, UsageError } from '../../catalog/errors.ts';
import { ITEM } from '../../load/item-path.ts';
import type { KeyPopularity } from '../../load/keys.ts';
import type { ArrivalKind } from '../../load/pacer.ts';
import type { ClosedLoad, GeneratorPlan, OpenLoad } from '../../load/protocol.ts';
import type { TargetUrl } from './target-url.ts';

/** The command's options as they were parsed; `undefined`: not given. */
export interface LoadFlags {
  readonly rate?: number;
  readonly arrivals?: ArrivalKind;
  readonly closed?: boolean;
  readonly connections?: number;
  /** Unless `--no-keep-alive` was given. */
  readonly keepAlive: boolean;
  readonly duration: number;
  readonly timeout: number;
  readonly keys?: KeyPopularity;
  readonly seed: number;
  readonly maxLag: number;
  readonly allowRemote?: boolean;
  readonly json?: boolean;
}

/** An open load opens a connection only when none is free: this many are in use when a service stalls. */
export const DEFAULT_CONNECTIONS = 256;
export const DEFAULT_KEYS: KeyPopularity = { kind: 'uniform', count: 1_000 };

/**
 * What the generator is to do.
 *
 * @throws UsageError naming every option that is missing, without effect or against another
 */
export function loadPlan(target: TargetUrl, flags: LoadFlags, progressEveryMs: number): GeneratorPlan {
  const problems = problemsOf(target, flags);
  if (problems.length > 0) throw new UsageError(problems);
  const { duration, timeout, seed, keepAlive } = flags;
  return {
    targets: [target.origin],
    load: loadOf(flags),
    durationMs: duration,
    timeoutMs: timeout,
    maxConnections: flags.connections ?? DEFAULT_CONNECTIONS,
    keepAlive,
    keys: flags.keys ?? DEFAULT_KEYS,
    path: target.path,
    seed,
    windowMs: null,
    progressEveryMs,
  };
}

function loadOf({ closed, connections, arrivals, rate }: LoadFlags): OpenLoad | ClosedLoad {
  return closed
    ? { model: 'closed', connections: connections ?? 0 }
    : { model: 'open', arrivals: arrivals ?? 'constant', ratePerSec: rate ?? 0 };
}

function problemsOf(target: TargetUrl, flags: LoadFlags): Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, message: string) => problems.push({ path, message });
  if (!target.loopback && !flags.allowRemote) {
    add(
      'url',
      `${target.hostname} is not this machine (localhost, 127.0.0.0/8 or [::1]). Load on a host that is not yours is an attack; if you may, add --allow-remote`,
    );
  }
  if (flags.keys !== undefined && !target.path.includes(ITEM)) {
    add('--keys', `no effect without ${ITEM} in the URL, which says where the key goes`);
  }
  if (flags.closed) {
    const noSchedule = 'not with --closed: its connections send as fast as they are answered';
    if (flags.rate !== undefined) add('--rate', noSchedule);
    if (flags.arrivals !== undefined) add('--arrivals', noSchedule);
    if (flags.connections === undefined)
      add('--connections', 'expected with --closed, such as --connections 16');
  } else if (flags.rate === undefined) {
    add(
      '--rate',
      'expected the requests per second, such as --rate 2000; or --closed --connections 16 for as many as are answered',
    );
  }
  return problems;
}
