/** A RabbitMQ that listens with TLS only, to those who show a certificate of its own authority. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS } from '../contract/clients.ts';
import { describeExternalBackend } from '../contract/external.suite.ts';
import { type Certificates, makeCertificates, NAME } from './fixtures/certificates.ts';
import { startTheirRabbitmq, type TheirRabbitmq } from './fixtures/their-rabbitmq.ts';
import { externalRabbitmq } from './rabbitmq.ts';
import { ALL_NEEDS, findingsOf, startForTest } from './testing.ts';

const SLOW_MS = 240_000;
const cleanUp = new AsyncDisposableStack();
let certificates: Certificates;
let theirs: TheirRabbitmq;
/** Of the client, as the query of an address names it. */
let shown: string;
beforeAll(async () => {
  const folder = cleanUp.adopt(await mkdtemp(join(tmpdir(), 'test-tls-')), (path) =>
    rm(path, { recursive: true }),
  );
  certificates = await makeCertificates(folder);
  theirs = cleanUp.use(await startTheirRabbitmq(certificates));
  shown = `certfile=${certificates.client.cert}&keyfile=${certificates.client.key}`;
}, SLOW_MS);
afterAll(() => cleanUp.disposeAsync(), SLOW_MS);

const external = (query: string, url = theirs.url) =>
  externalRabbitmq({ url: `${url}?${query}`, needs: ALL_NEEDS });
const byName = (url: string) => url.replace('127.0.0.1', 'localhost');

describeExternalBackend({
  name: 'an external rabbitmq, by TLS',
  kind: 'rabbitmq',
  make: () => external(`cacertfile=${certificates.ca}&${shown}`),
  snapshot: () => theirs.snapshot(),
});

describe('TLS to a broker', { timeout: SLOW_MS }, () => {
  it('is that of the run itself and of its clients', async () => {
    await using stack = await startForTest(external(`cacertfile=${certificates.ca}&${shown}`));
    const server = stack.get('rabbitmq');
    await using client = await CLIENTS.rabbitmq(server.url('service'), server.prefix);
    await client.put();
    const connections = await theirs.control(
      '[Ssl || [{ssl, Ssl}] <- rabbit_networking:connection_info_all([ssl])].',
    );
    expect(connections).toMatch(/\[true, true\]/);
  });

  it('is had for another host, and with any certificate', async () => {
    const { ca } = certificates;
    const named = `cacertfile=${ca}&server_name_indication=${NAME}&${shown}`;
    expect(await findingsOf(external(named, byName(theirs.url)))).toBeNull();
    expect(await findingsOf(external(`verify=verify_none&${shown}`, byName(theirs.url)))).toBeNull();
  });

  it.each([
    [
      'an unknown authority',
      () => external(shown),
      /^one that can't \(self-signed certificate in certificate chain\)$/,
      /NODE_EXTRA_CA_CERTS=.* or cacertfile=/,
    ],
    [
      'a certificate for another host',
      () => external(`cacertfile=${certificates.ca}&${shown}`, byName(theirs.url)),
      /^one for IP Address:127\.0\.0\.1, DNS:storm\.test$/,
      /server_name_indication=NAME/,
    ],
    [
      'no certificate of the user’s own',
      () => external(`cacertfile=${certificates.ca}`),
      /^a server that asks for a certificate/,
      /certfile=.*keyfile=/,
    ],
    [
      'no TLS',
      () => external('', theirs.url.replace('amqps:', 'amqp:')),
      /^something that does not answer as a RabbitMQ/,
      /use amqps:\/\/ if the server wants TLS/,
    ],
  ])('is refused with one sentence: %s', async (_name, backend, got, mend) => {
    const findings = (await findingsOf(backend())) ?? [];
    expect(findings).toMatchObject([{ got: expect.stringMatching(got), mend: expect.stringMatching(mend) }]);
    expect(JSON.stringify(findings)).not.toContain(new URL(theirs.url).password);
  });

  it('is not begun with a file that is not there', () => {
    expect(() => external('cacertfile=/nowhere.pem')).toThrow(/cacertfile=\/nowhere.pem can't be read/);
  });
});
