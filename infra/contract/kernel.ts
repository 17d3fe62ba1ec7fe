import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Loopback, as the kernel's tables of sockets write it. */
export const LOOPBACK = ['0100007F', '00000000000000000000000001000000', '0000000000000000FFFF00000100007F'];

/** The one-letter state of a process (`T` stopped, `S` asleep, `R` running), undefined when it is gone. */
export function processState(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  } catch {
    return undefined;
  }
}

/** Every process's command line, joined by blanks. */
export function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    });
}

/** The local addresses, in the kernel's hexadecimal, on which somebody listens on a TCP port. */
export function listeningAddresses(port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return listeners()
    .filter(({ address }) => address.endsWith(suffix))
    .map(({ address }) => address.slice(0, -suffix.length));
}

/** The local addresses, likewise, on which the given processes listen. */
export function listeningAddressesOf(pids: readonly number[]): string[] {
  const inodes = new Set(pids.flatMap(socketInodes));
  return listeners()
    .filter(({ inode }) => inodes.has(inode))
    .map(({ address }) => address.split(':')[0] ?? '');
}

function listeners(): { readonly address: string; readonly inode: string }[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readFileSync(table, 'latin1')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A')
      .map((fields) => ({ address: fields[1] ?? '', inode: fields[9] ?? '' })),
  );
}

function socketInodes(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
