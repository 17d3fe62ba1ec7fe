import { type Need, sourceOf } from './needs.ts';

/** What decides how something can be installed here. */
export interface Machine {
  readonly aptGet: boolean;
  readonly brew: boolean;
  readonly root: boolean;
  /** `sudo -n` works: no password is asked. */
  readonly passwordlessSudo: boolean;
  /** Whether the lists that apt has know a package; asked after they are brought up to date. */
  readonly knowsPackage: (name: string) => Promise<boolean>;
}

export type Installer = 'apt' | 'brew';

export type InstallChoice =
  | { readonly kind: 'install'; readonly installer: Installer; readonly become: readonly string[] }
  | { readonly kind: 'by-hand'; readonly reason: string };

/** Who is to install, and with which prefix to become root. */
export function chooseInstaller(machine: Omit<Machine, 'knowsPackage'>): InstallChoice {
  if (machine.aptGet && machine.root) return { kind: 'install', installer: 'apt', become: [] };
  if (machine.aptGet && machine.passwordlessSudo) {
    return { kind: 'install', installer: 'apt', become: ['sudo', '-n'] };
  }
  if (machine.brew && !machine.root) return { kind: 'install', installer: 'brew', become: [] };
  if (machine.brew) return { kind: 'by-hand', reason: 'Homebrew must not be run as root' };
  if (machine.aptGet)
    return { kind: 'by-hand', reason: 'installing takes root, and sudo asks for a password' };
  return { kind: 'by-hand', reason: 'there is neither apt-get nor Homebrew on this machine' };
}

export type PackageChoice =
  | { readonly kind: 'packages'; readonly packages: readonly string[] }
  | { readonly kind: 'unknown'; readonly need: Need; readonly tried: readonly string[] };

/** The apt package for each need: the first of its names that the lists know. */
export async function chooseAptPackages(
  needs: readonly Need[],
  knowsPackage: Machine['knowsPackage'],
): Promise<PackageChoice> {
  const packages: string[] = [];
  for (const need of needs) {
    const tried = sourceOf(need).aptPackages;
    let chosen: string | undefined;
    for (const name of tried) {
      chosen = (await knowsPackage(name)) ? name : undefined;
      if (chosen !== undefined) break;
    }
    if (chosen === undefined) return { kind: 'unknown', need, tried };
    packages.push(chosen);
  }
  return { kind: 'packages', packages };
}

/** Returns what to type where we can't install, and what else would do. One line each. */
export function byHandInstructions(needs: readonly Need[], reason: string): string[] {
  const sources = needs.map(sourceOf);
  const apt = sources.map(({ aptPackages }) => aptPackages[0]).join(' ');
  const brew = sources.map(({ brewFormula }) => brewFormula).join(' ');
  return [
    `missing: ${needs.join(', ')}. Not installed: ${reason}.`,
    'Install with one of these:',
    `  Debian, Ubuntu:  sudo apt-get update && sudo apt-get install --no-install-recommends ${apt}`,
    `  macOS:           brew install ${brew}`,
    'or point to programs that you have:',
    ...sources.map(({ variable }) => `  export ${variable}=/path/to/its/program`),
    'or have Docker or Podman running: cachestorm run takes containers for what is missing (--infra containers).',
  ];
}
