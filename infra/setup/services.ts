import { existsSync, readFileSync } from 'node:fs';
import { runCommand } from './command.ts';

const POLICY = '/usr/sbin/policy-rc.d';
const SIGNATURE = '# Put here by cachestorm setup for the time of an installation.';

/**
 * Keeps newly installed packages from starting their services, for as long as it is held.
 *
 * Debian's packages start a server as they are installed: a Redis on 6379 that nobody asked for, on a
 * machine that is about to be measured. A policy that is there already is left alone.
 */
export async function holdServices(become: readonly string[]): Promise<AsyncDisposable> {
  // Ours from a setup that was killed is as good as none, and is removed with this one.
  const others = existsSync(POLICY) && !readFileSync(POLICY, 'utf8').includes(SIGNATURE);
  if (others) return { [Symbol.asyncDispose]: async () => {} };
  const script = `printf '%s\\n' '#!/bin/sh' '${SIGNATURE}' 'exit 101' > ${POLICY} && chmod 755 ${POLICY}`;
  const { code, output } = await runCommand([...become, 'sh', '-c', script], 'capture');
  if (code !== 0) throw new Error(`can't write ${POLICY}: ${output.trim()}`);
  return {
    async [Symbol.asyncDispose]() {
      const remove = `if grep -qF '${SIGNATURE}' ${POLICY} 2>/dev/null; then rm -f ${POLICY}; fi`;
      const removed = await runCommand([...become, 'sh', '-c', remove], 'capture');
      if (removed.code !== 0) throw new Error(`can't remove ${POLICY}: ${removed.output.trim()}`);
    },
  };
}

/** Names of installed packages. */
export async function installedPackages(): Promise<Set<string>> {
  const { output } = await runCommand(['dpkg', '--get-selections'], 'capture');
  const names = output.split('\n').map((line) => /^([^:\s]+)\S*\s+install$/.exec(line)?.[1]);
  return new Set(names.filter((name) => name !== undefined));
}

/** Switches the services of `packages` off for good; without systemd there is nothing to do. */
export async function disableServices(packages: readonly string[], become: readonly string[]): Promise<void> {
  if (packages.length === 0 || !existsSync('/run/systemd/system')) return;
  const { output } = await runCommand(['dpkg', '-L', ...packages], 'capture');
  const units = unitNames(output);
  if (units.length > 0) await runCommand([...become, 'systemctl', 'disable', '--now', ...units], 'show');
}

/** The systemd units among a package's files, one path a line; templates, which can't run as such, left out. */
export function unitNames(fileList: string): string[] {
  const names = fileList
    .split('\n')
    .map((path) => /\/systemd\/system\/([\w.-]+\.(?:service|socket))$/.exec(path)?.[1])
    .filter((name) => name !== undefined);
  return [...new Set(names)];
}
