import { setTimeout as delay } from 'node:timers/promises';
import { CachestormError } from '../../harness/failure/cachestorm-error.ts';
import { runCommand, succeeds } from './command.ts';
import { NEED_SOURCES, type Need, sourceOf } from './needs.ts';
import { chooseAptPackages } from './plan.ts';
import { disableServices, holdServices, installedPackages } from './services.ts';

/** Says one line to the user. */
export type Say = (line: string) => void;

/** An installation could not be done; the message says why and what was run. */
export class InstallError extends CachestormError {
  readonly code = 'E_INSTALL';
  readonly failure = 'infrastructure';
  override readonly name = 'InstallError';
}

const APT_GET = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=120'];
const LISTS_LOCK_ATTEMPTS = 60;

/** @throws InstallError */
export async function installWithApt(
  needs: readonly Need[],
  become: readonly string[],
  say: Say,
): Promise<void> {
  await updateLists(become, say);
  const knowsPackage = (name: string) => succeeds(['apt-cache', 'show', '--no-all-versions', name]);
  const choice = await chooseAptPackages(needs, knowsPackage);
  if (choice.kind === 'unknown') {
    throw new InstallError(`apt knows no package for ${choice.need}: tried ${choice.tried.join(', ')}`);
  }
  const before = await installedPackages();
  await using _held = await holdServices(become);
  await show([...become, ...APT_GET, 'install', '--yes', '--no-install-recommends', ...choice.packages], say);
  const after = await installedPackages();
  const services = NEED_SOURCES.flatMap(({ aptServices }) => aptServices);
  await disableServices(
    services.filter((name) => after.has(name) && !before.has(name)),
    become,
  );
}

/** @throws InstallError */
export async function installWithBrew(needs: readonly Need[], say: Say): Promise<void> {
  const formulae = needs.map((need) => sourceOf(need).brewFormula);
  await show(['brew', 'install', ...formulae], say);
}

/** apt waits for dpkg's lock when told so, but never for that of its lists. */
async function updateLists(become: readonly string[], say: Say): Promise<void> {
  const command = [...become, ...APT_GET, 'update'];
  say(`$ ${command.join(' ')}`);
  for (let attempt = 1; ; attempt++) {
    const { code, output } = await runCommand(command, 'capture');
    if (code === 0) return;
    if (!/could not get lock|unable to lock/i.test(output) || attempt === LISTS_LOCK_ATTEMPTS) {
      throw new InstallError(`${command.join(' ')} failed:\n${output.trim()}`);
    }
    if (attempt === 1) say('another program holds the package lists: waiting, up to two minutes');
    await delay(2_000);
  }
}

async function show(command: readonly string[], say: Say): Promise<void> {
  say(`$ ${command.join(' ')}`);
  const { code } = await runCommand(command, 'show');
  if (code !== 0) throw new InstallError(`${command.join(' ')} ended with code ${code}`);
}
