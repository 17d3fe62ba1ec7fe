import type { Finding } from '../backend.ts';

/** What was tried. */
export interface Attempt {
  /** The environment variable that the address is in. */
  readonly variable: string;
  /** `host:port`. */
  readonly at: string;
  /** What is expected there: `a Redis`. */
  readonly product: string;
  readonly tls: boolean;
  /** The scheme that asks for TLS, such as `rediss://`, and the one that does not. */
  readonly schemes: { readonly plain: string; readonly tls: string };
}

type Words = Pick<Finding, 'what' | 'expected' | 'got' | 'mend'>;

/** As drivers put it when a user or password is refused. */
const REFUSED =
  /WRONGPASS|NOAUTH|invalid password|Access denied|ACCESS[-_]REFUSED|AUTH <password>|without any password/i;
const ANOTHER_HOST = /does not match certificate's altnames/;
const NAMES_IN_IT = /is not (?:in the cert's altnames|in the cert's list|cert's CN): ([\w.:*, -]{1,200})/;
const EXPIRED = /certificate has expired/;
const NO_CLIENT_CERTIFICATE =
  /ALERT_CERTIFICATE_REQUIRED|alert certificate required|alert handshake failure/i;
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ERR_TLS|certificate|unknown ca/i;
/** In OpenSSL's words, which drivers pass on. */
const REASON = /self-signed certificate(?: in certificate chain)?|unable to (?:get|verify)[a-z ]*/;
const NO_TLS_HERE =
  /wrong version number|EPROTO|packet length too long|does not support (SSL|secure)|HANDSHAKE_NO_SSL/i;

/**
 * Says why a server could not be used, as a sentence of ours: a driver's own words differ from version to version, and may
 * quote what they were given.
 */
export function connectFailure(attempt: Attempt, error: unknown): Finding {
  return { server: `${attempt.variable} (${attempt.at})`, ...wordsFor(attempt, textOf(error)) };
}

/** When a server refuses whoever comes without TLS. */
export function insistsOnTls({ variable, at, schemes }: Attempt): Finding {
  return {
    server: `${variable} (${at})`,
    what: 'TLS',
    expected: 'to be let in without it',
    got: 'a server that insists on it',
    mend: `Use ${schemes.tls} in ${variable}.`,
  };
}

function wordsFor({ variable, product, tls, schemes }: Attempt, text: string): Words {
  const connection = { what: 'the connection', expected: product };
  if (/ECONNREFUSED/.test(text))
    return {
      ...connection,
      got: 'a closed port',
      mend: `Start the server, or correct the port in ${variable}.`,
    };
  if (/ENOTFOUND|EAI_AGAIN/.test(text))
    return { ...connection, got: 'an unknown host', mend: `Correct the host in ${variable}.` };
  if (/EHOSTUNREACH|ENETUNREACH/.test(text))
    return { ...connection, got: 'no way to that host', mend: `Correct the host in ${variable}.` };
  if (REFUSED.test(text))
    return {
      what: 'the log-in',
      expected: 'to be let in',
      got: 'a refusal of this user, password, or database',
      mend: `Correct them in ${variable}; special characters of a password are percent-encoded there${
        tls ? ', and a certificate that the user has to show is named with certfile= and keyfile=' : ''
      }.`,
    };
  if (tls && NO_TLS_HERE.test(text))
    return {
      what: 'TLS',
      expected: 'a TLS handshake',
      got: 'an answer without TLS',
      mend: `Correct the port, or use ${schemes.plain} in ${variable}.`,
    };
  if (tls && ANOTHER_HOST.test(text))
    return {
      what: 'TLS',
      expected: 'a certificate for this host',
      got: `one for ${NAMES_IN_IT.exec(text)?.[1] ?? 'another'}`,
      mend: `Write the host in ${variable} as the certificate does, or whose it is: server_name_indication=NAME in its query.`,
    };
  if (tls && NO_CLIENT_CERTIFICATE.test(text))
    return {
      what: 'TLS',
      expected: 'to be let in',
      got: 'a server that asks for a certificate, and takes none or not this one',
      mend: `Name one that it trusts: certfile=/path/cert.pem&keyfile=/path/key.pem in the query of ${variable}.`,
    };
  if (tls && EXPIRED.test(text))
    return {
      what: 'TLS',
      expected: 'a valid certificate',
      got: 'one that has expired',
      mend: 'Renew it on the server.',
    };
  if (tls && CERTIFICATE.test(text))
    return {
      what: 'TLS',
      expected: 'a certificate that can be trusted',
      got: `one that can't (${REASON.exec(text)?.[0] ?? codeIn(text)})`,
      mend: `Name the authority that signed it: NODE_EXTRA_CA_CERTS=/path/ca.pem, or cacertfile=/path/ca.pem in the query of ${variable}.`,
    };
  if (/ETIMEDOUT|timed out|timeout/i.test(text))
    return {
      ...connection,
      got: 'no answer in time',
      mend: `See that ${product} listens at that port, ${tls ? `with TLS (else ${schemes.plain})` : `without TLS (else ${schemes.tls})`}, and that no firewall is between.`,
    };
  return {
    ...connection,
    got: `something that does not answer as ${product} does (${codeIn(text)})`,
    mend: `Correct the port in ${variable}${tls ? '' : `, or use ${schemes.tls} if the server wants TLS`}.`,
  };
}

/** The words of an error, of those that it goes back to, and their codes. */
function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join('\n');
  if (!(error instanceof Error)) return String(error);
  const { code = '' } = error as { readonly code?: unknown };
  return [code, error.message, ...(error.cause === undefined ? [] : [textOf(error.cause)])].join('\n');
}

/** Only what looks like a code: the rest may hold anything. */
function codeIn(text: string): string {
  return /\b(?:ERR_)?[A-Z][A-Z\d]*(?:_[A-Z\d]+)+\b|\bE[A-Z]{4,}\b/.exec(text)?.[0] ?? 'no code';
}
