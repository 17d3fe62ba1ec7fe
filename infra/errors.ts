import { CachestormError } from '../harness/failure/cachestorm-error.ts';
import { reasonOf } from '../harness/failure/reason.ts';
import type { Finding } from './backend.ts';

/** The server binaries that a run needs are not on this machine. */
export class BackendMissingError extends CachestormError {
  readonly code = 'E_BACKEND_MISSING';
  readonly failure = 'infrastructure';
  override readonly name = 'BackendMissingError';
  readonly kind: string;

  constructor(kind: string, lookedFor: readonly string[]) {
    super(`no ${kind} server found: looked for ${lookedFor.join(', ')}. Run: npm run setup`);
    this.kind = kind;
  }
}

/** A CACHESTORM_*_SERVER variable names a program that can't be used. */
export class BackendOverrideError extends CachestormError {
  readonly code = 'E_BACKEND_OVERRIDE';
  readonly failure = 'infrastructure';
  override readonly name = 'BackendOverrideError';
  readonly kind: string;
  readonly variable: string;
  readonly path: string;

  constructor(kind: string, variable: string, path: string, reason: string) {
    super(`${variable}=${path}: ${reason}. Correct it, or unset it to use the ${kind} server on the PATH`);
    this.kind = kind;
    this.variable = variable;
    this.path = path;
  }
}

/** A server was started and died, or did not answer before its deadline. */
export class BackendStartError extends CachestormError {
  readonly code = 'E_BACKEND_START';
  readonly failure = 'infrastructure';
  override readonly name = 'BackendStartError';
  readonly product: string;
  /** The end of the server's own log. */
  readonly logTail: string;

  /** @param logTail `null`: it never ran, so that a log would say nothing */
  constructor(product: string, reason: string, logTail: string | null, cause?: unknown) {
    const tail =
      logTail?.trim() === '' ? '; its log is empty' : `; the end of its log:\n${indent(logTail ?? '')}`;
    super(
      `${product} did not start: ${reason}${logTail === null ? '' : tail}`,
      cause === undefined ? {} : { cause },
    );
    this.product = product;
    this.logTail = logTail ?? '';
  }
}

/** Something was asked of a server that is not running: it was killed, died, or is disposed. */
export class BackendStoppedError extends CachestormError {
  readonly code = 'E_BACKEND_STOPPED';
  readonly failure = 'infrastructure';
  override readonly name = 'BackendStoppedError';
  readonly product: string;

  constructor(product: string, action: string) {
    super(`can't ${action} ${product}: it is not running`);
    this.product = product;
  }
}

interface LossDetails {
  readonly logTail?: string;
  readonly cause?: unknown;
}

/** A server that the run had started ended, or does not answer any more, while the run needed it. */
export class BackendLostError extends CachestormError {
  readonly code = 'E_BACKEND_LOST';
  readonly failure = 'infrastructure';
  override readonly name = 'BackendLostError';
  readonly product: string;

  /** @param how As in "redis was lost during the run: it was ended by SIGKILL". */
  constructor(product: string, how: string, { logTail = '', cause }: LossDetails = {}) {
    const tail = logTail.trim() === '' ? '' : `; the end of its log:\n${indent(logTail)}`;
    super(`${product} was lost during the run: ${how}${tail}`, cause === undefined ? {} : { cause });
    this.product = product;
  }
}

/** A server of the user's own was to be killed, paused or restarted: a run has no right to. */
export class BackendControlError extends CachestormError {
  readonly code = 'E_BACKEND_CONTROL';
  readonly failure = 'infrastructure';
  override readonly name = 'BackendControlError';
  readonly product: string;

  constructor(product: string, action: string) {
    super(`can't ${action} ${product}: the server is not this run's own`);
    this.product = product;
  }
}

/** What keeps a run from using the servers that it was given, all of it at once; or from using one of them any longer. */
export class UnfitServersError extends CachestormError {
  readonly code = 'E_UNFIT_SERVERS';
  readonly failure = 'infrastructure';
  override readonly name = 'UnfitServersError';
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const lines = findings.map(
      ({ server, what, expected, got, mend }) =>
        `${server}: ${what}: expected ${expected}, got ${got}. ${mend}`,
    );
    super(lines.join('\n  '));
    this.findings = findings;
  }
}

/** A run lost its place on a server of the user's own. Another run may be there by now: it must not go on. */
export class PlaceLostError extends CachestormError {
  readonly code = 'E_PLACE_LOST';
  readonly failure = 'infrastructure';
  override readonly name = 'PlaceLostError';
  readonly server: string;

  /**
   * @param what the place: `the schema storm`
   * @param why it could not be had again, as the rest of a sentence
   */
  constructor(server: string, what: string, why: string) {
    super(`${server}: lost ${what}: the connection that held this place was cut, and ${why}`);
    this.server = server;
  }
}

/** No container engine of this machine can be used. */
export class EngineError extends CachestormError {
  readonly code = 'E_ENGINE';
  readonly failure = 'infrastructure';
  override readonly name = 'EngineError';
}

/** Neither this machine nor a container engine has the servers that a run needs. */
export class NoServersError extends CachestormError {
  readonly code = 'E_NO_SERVERS';
  readonly failure = 'infrastructure';
  override readonly name = 'NoServersError';

  constructor(missing: readonly string[], engine: EngineError) {
    super(
      `this machine has no ${missing.join(', ')} server: install it with npm run setup, or use containers; but ${engine.message}`,
      { cause: engine },
    );
  }
}

/** An image that containers are made of is not here, and can't be pulled. */
export class BackendImageError extends CachestormError {
  readonly code = 'E_BACKEND_IMAGE';
  readonly failure = 'infrastructure';
  override readonly name = 'BackendImageError';
  readonly image: string;

  constructor(image: string, reason: string, cause?: unknown) {
    super(`the image ${image} is not here and can't be pulled: ${reason}`, { cause });
    this.image = image;
  }
}

/** The process that guards a run's servers and files against the harness's death did not come up. */
export class GuardianError extends CachestormError {
  readonly code = 'E_GUARDIAN';
  readonly failure = 'infrastructure';
  override readonly name = 'GuardianError';
}

/** What a run had started or made could not be ended or removed. */
export class CleanUpError extends CachestormError {
  readonly code = 'E_CLEAN_UP';
  readonly failure = 'infrastructure';
  override readonly name = 'CleanUpError';

  constructor(what: string, cause: unknown) {
    super(`could not clean up ${what}: ${reasonOf(cause)}`, { cause });
  }
}

function indent(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}
