/** Whether this machine has room for a plan. Pure: what it has is told. */
import type { Problem } from '../catalog/errors.ts';
import { MAX_RATE_PER_SEC } from '../load/phase-schema.ts';
import { totalMs } from '../load/phases.ts';
import type { Plan, PlannedScenario } from './plan.ts';

/** What a run has at its disposal. `null`: not known, or not its own. */
export interface Room {
  /** The hard limit of one process (`ulimit -Hn`). */
  readonly openFiles: number | null;
  readonly memoryBytes: number | null;
  /** Where the servers of the run keep their data. */
  readonly diskBytes: number | null;
}

/** What a process of the harness, or a server, has open beside its connections. */
const OTHER_FILES = 200;
/** Key, version and the server's own around a value. */
const ROW_BYTES = 200;
/** For the warm-up of a trial. */
const WARM_UP_MS = 3_000;
/** What the rest of the run needs of memory and disk. */
const KEPT_SHARE = 0.2;

/** Returns what a scenario asks for beyond that, each with the setting to change. */
export function roomProblems({ scenarios, trials }: Plan, room: Room): Problem[] {
  const seeded = scenarios.map((planned) => {
    const { name, streams, dataset } = planned.scenario;
    const writes = streams.some(({ operation }) => operation === 'write');
    const times = writes ? trials.filter(({ scenario }) => scenario === name).length : 1;
    return { planned, bytes: times * dataset.rows * (dataset.valueBytes + ROW_BYTES) };
  });
  return [
    ...scenarios.flatMap((planned) => [
      ...rateProblems(planned),
      ...fileProblems(planned, room),
      ...memoryProblems(planned, room),
    ]),
    ...diskProblems(seeded, room),
  ];
}

function rateProblems({ scenario, ratePerSec }: PlannedScenario): Problem[] {
  if (ratePerSec === null || ratePerSec <= MAX_RATE_PER_SEC) return [];
  return [
    {
      path: `${scenario.name}: load.timesCapacity`,
      message: `expected a rate of at most ${grouped(MAX_RATE_PER_SEC)}/s, got ${grouped(ratePerSec)}/s; raise origin.queryMs, or lower timesCapacity, origin.poolSize or service.instances`,
    },
  ];
}

function fileProblems({ scenario }: PlannedScenario, { openFiles }: Room): Problem[] {
  const { name, load, service, maxConnections } = scenario;
  return load.model === 'closed'
    ? openFilesProblems(`${name}: load.connections`, load.connections, openFiles)
    : openFilesProblems(`${name}: maxConnections`, maxConnections * service.instances, openFiles);
}

/**
 * Returns whether the generator may open so many connections.
 *
 * @param path of the setting that says how many
 * @param openFiles see `Room`
 */
export function openFilesProblems(path: string, connections: number, openFiles: number | null): Problem[] {
  const needed = connections + OTHER_FILES;
  if (openFiles === null || needed <= openFiles) return [];
  return [
    {
      path,
      message: `${grouped(connections)} connections of the load generator need ${grouped(needed)} open files, and this machine allows ${grouped(openFiles)} (ulimit -Hn); ask for fewer, or raise that limit`,
    },
  ];
}

/** Looks whether every row that is asked for may be in the cache. */
function memoryProblems(
  { scenario, ratePerSec, stormMs }: PlannedScenario,
  { memoryBytes }: Room,
): Problem[] {
  const { dataset, cache, preload, load } = scenario;
  if (memoryBytes === null || cache.roomBytes !== null) return [];
  const ms = WARM_UP_MS + (load.model === 'open' && load.phases !== null ? totalMs(load.phases) : stormMs);
  const asked = preload || ratePerSec === null ? dataset.rows : Math.ceil((ratePerSec * ms) / 1000);
  const needed = Math.min(asked, dataset.rows) * (dataset.valueBytes + ROW_BYTES);
  const allowed = memoryBytes * (1 - KEPT_SHARE);
  if (needed <= allowed) return [];
  return [
    {
      path: `${scenario.name}: dataset.valueBytes`,
      message: `the cache may come to hold ${bytes(needed)}, and ${bytes(allowed)} of memory are free for it; lower dataset.rows or dataset.valueBytes, or limit it with cache.roomBytes`,
    },
  ];
}

/** Looks whether there is room for the table, and for the binary log of all that is written to it, which nobody cuts back. */
function diskProblems(
  seeded: readonly { readonly planned: PlannedScenario; readonly bytes: number }[],
  { diskBytes }: Room,
): Problem[] {
  const [largest] = seeded.toSorted((a, b) => b.bytes - a.bytes);
  if (diskBytes === null || largest === undefined) return [];
  const { dataset, name } = largest.planned.scenario;
  const table = dataset.rows * (dataset.valueBytes + ROW_BYTES);
  const needed = table + seeded.reduce((sum, { bytes: each }) => sum + each, 0);
  const allowed = diskBytes * (1 - KEPT_SHARE);
  if (needed <= allowed) return [];
  return [
    {
      path: `${name}: dataset.rows`,
      message: `the rows and the database’s log of them take ${bytes(needed)}, and ${bytes(allowed)} of disk are free for them (TMPDIR); lower dataset.rows, dataset.valueBytes or --rounds`,
    },
  ];
}

function grouped(value: number): string {
  return Math.ceil(value).toLocaleString('en-US');
}

function bytes(value: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${Number((value / 1000 ** power).toPrecision(3))} ${units[power]}`;
}
