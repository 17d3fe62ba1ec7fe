/** What each of them says of the machine that the generator runs on, and how it is mended. */
const MENDS: Readonly<Record<string, string>> = {
  EMFILE: 'the generator may not open more files: raise its limit (ulimit -n)',
  ENFILE: 'this machine may not open more files: raise fs.file-max',
  EADDRNOTAVAIL:
    'this machine has no port left: widen net.ipv4.ip_local_port_range, or keep connections alive',
  ENOBUFS: 'this machine has no buffer left for a socket: lower the rate or the connections',
  ENOMEM: 'this machine has no memory left: lower the rate or the connections',
};

/** Errors of the generator itself, in place of an answer or a refusal of the service. */
export interface OwnErrors {
  readonly code: string;
  readonly count: number;
  readonly mend: string;
}

/** Returns the most frequent error that is the generator's own, or `null`: such a failure says nothing of the service. */
export function ownErrorsOf(errors: Readonly<Record<string, number>>): OwnErrors | null {
  const [most] = Object.entries(errors)
    .filter(([code]) => Object.hasOwn(MENDS, code))
    .sort(([, one], [, other]) => other - one);
  if (most === undefined) return null;
  const [code, count] = most;
  return { code, count, mend: MENDS[code] ?? '' };
}
