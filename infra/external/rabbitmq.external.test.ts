import { once } from 'node:events';
import { type ConfirmChannel, connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../contract/eventually.ts';
import { describeExternalBackend } from '../contract/external.suite.ts';
import { pickFreePort } from '../ports.ts';
import { startTheirRabbitmq, type TheirRabbitmq } from './fixtures/their-rabbitmq.ts';
import { externalRabbitmq } from './rabbitmq.ts';
import { ALL_NEEDS, findingsOf, startForTest } from './testing.ts';

const SLOW_MS = 240_000;
const cleanUp = new AsyncDisposableStack();
let theirs: TheirRabbitmq;
let url: string;
let channel: ConfirmChannel;
let control: TheirRabbitmq['control'];
let snapshot: TheirRabbitmq['snapshot'];
beforeAll(async () => {
  theirs = cleanUp.use(await startTheirRabbitmq());
  ({ url, control, snapshot } = theirs);
  const model = cleanUp.adopt(await connect(url), (held) => held.close());
  channel = await model.createConfirmChannel();
  await channel.assertQueue('orders', { durable: true });
  await channel.assertExchange('shop', 'topic');
  await channel.bindQueue('orders', 'shop', '#');
  for (let n = 0; n < 3; n++) channel.sendToQueue('orders', Buffer.from(`${n}`), { persistent: true });
  await channel.waitForConfirms();
}, SLOW_MS);
afterAll(() => cleanUp.disposeAsync(), SLOW_MS);

const external = (address = url, prefix?: string) =>
  externalRabbitmq({ url: address, prefix, needs: ALL_NEEDS });

describeExternalBackend({
  name: 'an external rabbitmq',
  kind: 'rabbitmq',
  make: () => external(),
  snapshot: () => snapshot(),
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

  it('drops messages or queues by a policy, and the command that is given mends it', async () => {
    const set = (name: string, definition: string, priority: number) =>
      control(
        `rabbit_policy:set(<<"/">>, <<"${name}">>, <<"^cachestorm">>, [${definition}], ${priority}, <<"queues">>, <<"test">>).`,
      );
    const policies: readonly [string, RegExp][] = [
      ['{<<"message-ttl">>, 100}, {<<"max-length">>, 10}', /^\d+ of them left after \d+ ms$/],
      ['{<<"message-ttl">>, 300}', /^\d+ of them left/],
      ['{<<"max-length">>, 10}, {<<"overflow">>, <<"reject-publish">>}', /^10 of them left/],
      ['{<<"max-length-bytes">>, 1000}, {<<"dead-letter-exchange">>, <<"shop">>}', /^5 of them left/],
      ['{<<"expires">>, 200}', /^the queue itself gone/],
    ];
    const before = await snapshot();
    for (const [definition, got] of policies) {
      await set('theirs', definition, 0);
      expect(await onlyFinding(), definition).toMatchObject({
        what: 'the policies of the vhost /',
        got: expect.stringMatching(got),
        mend: expect.stringContaining("set_policy -p '/' --priority 999"),
      });
    }
    const { mend = '' } = (await onlyFinding()) ?? {};
    const [, pattern = '', bound = ''] = /'(\^[^']*)' '\{"max-length": (\d+)\}'$/.exec(mend) ?? [];
    await control(
      `rabbit_policy:set(<<"/">>, <<"cachestorm">>, <<"${pattern.replaceAll('\\', '\\\\')}">>, [{<<"max-length">>, ${bound}}], 999, <<"queues">>, <<"test">>).`,
    );
    expect(await findingsOf(external())).toBeNull();
    for (const name of ['theirs', 'cachestorm'])
      await control(`rabbit_policy:delete(<<"/">>, <<"${name}">>, <<"test">>).`);
    // Nothing of what they dropped went to the exchange of somebody else.
    expect(await snapshot()).toEqual(before);
  });

  const ALARMS: readonly [string, string, string][] = [
    ['memory', 'vm_memory_monitor:set_vm_memory_high_watermark', '0.4'],
    ['disk', 'rabbit_disk_monitor:set_disk_free_limit', '"50MB"'],
  ];
  describe.each(ALARMS)('has an alarm: %s', (name, limit, usual) => {
    const low = () => control(`${limit}(${name === 'memory' ? '0.000001' : '"900000GB"'}).`);
    const raised = (is: boolean) =>
      eventually(
        async () => /\{resource_limit/.test(await control('rabbit_alarm:get_alarms().')) === is,
        'it',
      );
    const expected = {
      what: 'its alarms',
      got: `one (low on ${name})`,
      mend: expect.stringContaining('rabbitmqctl status'),
    };

    it('before the start', async () => {
      await low();
      await raised(true);
      expect(await onlyFinding()).toMatchObject(expected);
      await control(`${limit}(${usual}).`);
      await raised(false);
      expect(await findingsOf(external())).toBeNull();
    });

    it('while a run goes on', async () => {
      {
        await using stack = await startForTest(external());
        const { signal } = stack;
        const aborted = once(signal, 'abort');
        await low();
        await aborted;
        expect(signal.reason).toMatchObject({ code: 'E_UNFIT_SERVERS', findings: [expected] });
        await expect(stack.confirm()).rejects.toBe(signal.reason);
      }
      await control(`${limit}(${usual}).`);
      await raised(false);
    });
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

  it.each([
    [
      'connections of its vhost',
      'rabbit_vhost_limit:set(<<"/">>, [{<<"max-connections">>, LIMIT}], <<"test">>).',
      5,
    ],
    [
      'connections of its user',
      'rabbit_auth_backend_internal:set_user_limits(USER, #{<<"max-connections">> => LIMIT}, <<"test">>).',
      5,
    ],
    [
      'channels of its user',
      'rabbit_auth_backend_internal:set_user_limits(USER, #{<<"max-channels">> => LIMIT}, <<"test">>).',
      10,
    ],
  ])('allows too few %s', async (_name, setLimit, limit) => {
    const set = (value: number) =>
      control(setLimit.replace('LIMIT', `${value}`).replace('USER', `<<"${new URL(url).username}">>`));
    const connections = { ...ALL_NEEDS.connections, rabbitmq: 8 };
    const roomy = externalRabbitmq({ url, needs: { ...ALL_NEEDS, connections } });
    await set(limit);
    expect(await findingsOf(roomy)).toEqual([
      expect.objectContaining({
        expected: 'room for 8 connections at once, of 3 channels each',
        got: expect.stringMatching(/^a refusal after [34]$/),
      }),
    ]);
    // Of the others: the limit is there, and enough for fewer.
    expect(await findingsOf(external())).toBeNull();
    await set(-1);
    expect(await findingsOf(roomy)).toBeNull();
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

describe('queues of somebody else, with names that a run once had', { timeout: SLOW_MS }, () => {
  it('keep their messages, which are not even looked at', async () => {
    const names = ['run', 'alive', 'nothing', 'changes', 'changes.0', 'changes.1'].map(
      (name) => `cachestorm.${name}`,
    );
    const quorum = { durable: true, arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 0 } };
    for (const name of names)
      await channel.assertQueue(name, name.endsWith('run') ? quorum : { durable: true });
    await channel.assertExchange('cachestorm.changes.by-key', 'x-consistent-hash');
    for (const name of names) channel.sendToQueue(name, Buffer.from('Ann'), { persistent: true });
    await channel.waitForConfirms();
    // A quorum queue tells its count every few seconds.
    const counted = async () => !JSON.stringify(await snapshot()).includes('{messages_ready, 0}');
    await eventually(counted, 'the count of a quorum queue', 30_000);
    const before = await snapshot();
    expect(await findingsOf(external())).toBeNull();
    expect(await snapshot()).toEqual(before);
    for (const name of names) {
      const message = await channel.get(name);
      expect(message && [message.content.toString(), message.fields.redelivered], name).toEqual([
        'Ann',
        false,
      ]);
      if (message) channel.ack(message);
      await channel.deleteQueue(name);
    }
    await channel.deleteExchange('cachestorm.changes.by-key');
  });

  it('are not those of a run, however many run at once', async () => {
    const before = await snapshot();
    {
      await using one = await startForTest(external());
      await using two = await startForTest(external());
      const prefixes = [one, two].map((stack) => stack.get('rabbitmq').prefix);
      expect(new Set(prefixes).size).toBe(2);
      for (const prefix of prefixes) expect(prefix).toMatch(/^cachestorm\.[\da-f]{32}\.$/);
    }
    expect(await snapshot()).toEqual(before);
  });
});
