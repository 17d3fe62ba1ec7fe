import { expect, test } from 'vitest';
import { connectFailure } from './connect-failure.ts';

const attempt = {
  ...{ variable: 'MYSQL_URL', at: 'db.test:3306', product: 'a MySQL', tls: true },
  schemes: { plain: 'plain', tls: 'tls' },
};

test.each([
  ['certificate has expired', 'one that has expired', 'Renew it on the server.'],
  [
    'unable to verify the first certificate',
    /^one that can't \(unable to verify the first certificate\)$/,
    /ca\.pem/,
  ],
  [
    "Hostname/IP does not match certificate's altnames: Cert does not contain a DNS name",
    /^one for another$/,
    /NAME/,
  ],
  [
    "Hostname/IP does not match certificate's altnames: Host: h. is not cert's CN: MySQL_Server_9_Auto_Generated",
    'one for MySQL_Server_9_Auto_Generated',
    /NAME/,
  ],
])('a certificate that is not trusted: %s', (message, got, mend) => {
  const error = Object.assign(new Error(message), { code: 'HANDSHAKE_SSL_ERROR' });
  expect(connectFailure(attempt, error)).toMatchObject({
    what: 'TLS',
    got: typeof got === 'string' ? got : expect.stringMatching(got),
    mend: typeof mend === 'string' ? mend : expect.stringMatching(mend),
  });
});
