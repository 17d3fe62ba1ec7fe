import { type Channel, connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeExternalBackend } from '../contract/external.suite.ts';
import { pickFreePort } from '../ports.ts';
import { startTheirRabbitmq, type TheirRabbitmq } from './fixtures/their-rabbitmq.ts';
import { writeMarker } from './rabbitmq/possession.ts';
import { externalRabbitmq } from './rabbitmq.ts';
import { ALL_NEEDS, findingsOf } from './testing.ts';

const SLOW_MS = 240_000;
const cleanUp = new AsyncDisposableStack();
let theirs: TheirRabbitmq;
let url: string;
let channel: Channel;
let control: TheirRabbitmq['control'];
let snapshot: TheirRabbitmq['snapshot'];
beforeAll(async () => {
  theirs = cleanUp.use(await startTheirRabbitmq());
  ({ url, control, snapshot } = theirs);
  const model = cleanUp.adopt(await connect(url), (held) => held.close());
  const confirmed = await model.createConfirmChannel();
  channel = confirmed;
  await channel.assertQueue('orders', { durable: true });
  await channel.assertExchange('shop', 'topic');
  await channel.bindQueue('orders', 'shop', '#');
  for (let n = 0; n < 3; n++) channel.sendToQueue('orders', Buffer.from(`${n}`), { persistent: true });
  await confirmed.waitForConfirms();
}, SLOW_MS);
afterAll(() => cleanUp.disposeAsync(), SLOW_MS);

const external = (address = url, prefix?: string) =>
  externalRabbitmq({ url: address, prefix, needs: ALL_NEEDS });

describeExternalBackend({
  name: 'an external rabbitmq',
  kind: 'rabbitmq',
  make: () => external(),
  snapshot: () => snapshot(),
  holder: () => theirs.holder(),
  cut: (holder) => theirs.cut(holder),
});

describe('a rabbitmq that is not fit', { timeout: SLOW_MS }, () => {
  const permit = (patterns: readonly string[]) => {
    const binaries = patterns.map((pattern) => `<<"${pattern.replaceAll('\\', '\\\\')}">>`).join(', ');
    return control(
      `rabbit_auth_backend_internal:set_permissions(<<"limited">>, <<"/">>, ${binaries}, <<"test">>).`,
    );
  };

  async function onlyFinding(...args: Parameters<typeof external>) {
    const findings = (await findingsOf(external(...args))) ?? [];
    expect(findings).toHaveLength(1);
    expect(JSON.stringify(findings)).not.toMatch(new RegExp(`secret|${new URL(url).password}`));
    return findings[0];
  }

  it('has a queue of somebody else with one of our names', async () => {
    await channel.assertQueue('cachestorm.changes.0');
    const before = await snapshot();
    expect(await onlyFinding()).toMatchObject({
      what: 'the vhost /',
      got: '1 of somebody else, such as cachestorm.changes.0',
    });
    expect(await snapshot()).toEqual(before);
    expect(await findingsOf(external(url, 'storm.'))).toBeNull();
    await channel.deleteQueue('cachestorm.changes.0');
  });

  it('keeps rights from its user, and the command that is given mends it', async () => {
    await control('rabbit_auth_backend_internal:add_user(<<"limited">>, <<"secret">>, <<"test">>).');
    const limited = url.replace(/\/\/.*@/, '//limited:secret@');
    expect(await onlyFinding(limited)).toMatchObject({ what: 'the vhost /', got: 'a refusal' });
    await permit(['', '', '']);
    const before = await snapshot();
    const finding = await onlyFinding(limited);
    expect(await snapshot()).toEqual(before);
    expect(finding?.expected).toBe('to configure, write, read what begins with cachestorm.');
    await permit(
      finding?.mend
        .match(/'[^']*'/g)
        ?.map((word) => word.slice(1, -1))
        .slice(2) ?? [],
    );
    expect(await findingsOf(external(limited))).toBeNull();
    await control('rabbit_auth_backend_internal:delete_user(<<"limited">>, <<"test">>).');
  });

  it.each([
    ['a wrong password', () => url.replace(/:\w+@/, ':secret@'), /^a refusal of this user/],
    ['no such vhost', () => url.replace('%2F', 'nowhere'), /^a refusal$/],
    ['TLS where there is none', () => url.replace('amqp:', 'amqps:'), /without TLS/],
    ['an unknown host', () => 'amqp://u:secret@no-such-host.invalid', /^an unknown host$/],
    ['a closed port', async () => `amqp://u:secret@127.0.0.1:${await pickFreePort()}`, /^a closed port$/],
  ])('can not be reached: %s', async (_name, address, got) => {
    expect(await onlyFinding(await address())).toMatchObject({ got: expect.stringMatching(got) });
  });

  it('has lost its plugin for exchanges by hash', async () => {
    const plugin = 'rabbitmq_consistent_hash_exchange';
    await control(
      `application:stop(${plugin}), rabbit_registry:unregister(exchange, <<"x-consistent-hash">>).`,
    );
    expect(await onlyFinding()).toMatchObject({ mend: `rabbitmq-plugins enable ${plugin}` });
    await control(
      `rabbit_registry:register(exchange, <<"x-consistent-hash">>, rabbit_exchange_type_consistent_hash), application:start(${plugin}).`,
    );
    expect(await findingsOf(external())).toBeNull();
  });
});

describe('what a dead run has left on a broker', { timeout: SLOW_MS }, () => {
  it('is removed by the next one, and nothing else', async () => {
    const before = await snapshot();
    for (const name of ['changes', 'changes.0', 'changes.1']) await channel.assertQueue(`cachestorm.${name}`);
    await channel.assertExchange('cachestorm.changes.by-key', 'x-consistent-hash');
    await using model = Object.assign(await connect(url), { [Symbol.asyncDispose]: () => model.close() });
    await writeMarker(model, 'cachestorm.', { runId: 'dead', startedAt: '2026-01-01T00:00:00Z' });
    expect(await findingsOf(external())).toBeNull();
    expect(await snapshot()).toEqual(before);
  });
});
