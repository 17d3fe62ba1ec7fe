/** What the tests of containers share. */
import type { BackendKind } from '../backend.ts';
import { findEngine } from '../engine/find.ts';
import { RUN_LABEL } from '../engine/removal.ts';
import { engineRequest } from '../engine/request.ts';

/** `kind=image` each, with blanks between them: what an engine has to have. */
const TESTED = 'CACHESTORM_TEST_IMAGES';
/** Those that ci/containers makes. */
const OURS = [
  'redis=cachestorm/redis:7',
  'redis=cachestorm/redis:8',
  'redis=cachestorm/valkey:9',
  'database=cachestorm/mariadb:10.11',
  'database=cachestorm/mysql:9',
  'rabbitmq=cachestorm/rabbitmq:3',
  'rabbitmq=cachestorm/rabbitmq:4',
];

/** The images of this kind of server that are to be tested. */
export function imagesOf(kind: BackendKind): string[] {
  const tested = process.env[TESTED]?.split(/\s+/) ?? OURS;
  return tested.filter((text) => text.startsWith(`${kind}=`)).map((text) => text.slice(kind.length + 1));
}

/** Names of the containers and volumes of a run that the engine has. */
export async function leftOf(runId: string): Promise<string[]> {
  const { socketPath } = await findEngine();
  const filters = { label: [`${RUN_LABEL}=${runId}`] };
  const containers = await engineRequest(socketPath, 'GET', '/containers/json', { all: 'true', filters });
  const volumes = await engineRequest(socketPath, 'GET', '/volumes', { filters });
  return [
    ...(containers.body as { Names: string[] }[]).flatMap(({ Names: names }) => names),
    ...((volumes.body as { Volumes: { Name: string }[] | null }).Volumes ?? []).map(({ Name: name }) => name),
  ];
}
