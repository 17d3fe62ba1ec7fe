/**
 * The built-in service process: one strategy behind the HTTP contract.
 * Configured by its environment, controlled over IPC, ended by the harness or with it.
 */

import { findStrategy } from '../catalog/strategies.ts';
import { type ConnectedQueue, connectQueue } from '../queue/queue.ts';
import { systemClock } from '../time/clock.ts';
import { deriveSeed, seededRandom } from '../time/random.ts';
import { keepAccount } from './account-file.ts';
import { buildApp } from './app.ts';
import { BarrierBoard, type Held } from './barrier-board.ts';
import { connectRedis, strategyContext } from './context.ts';
import { watchEventLoop } from './event-loop.ts';
import { readMemory } from './memory.ts';
import { connectOrigin } from './origin.ts';
import { AbandonedError } from './origin-error.ts';
import { preload } from './preload.ts';
import type { ServiceCommand, ServiceConfig, ServiceMessage, ServiceReport } from './protocol.ts';
import { readerAndWriter } from './reader-and-writer.ts';
import { delayedBarrier } from './step-delay.ts';

async function main(): Promise<void> {
  const config = JSON.parse(required('CACHESTORM_SERVICE')) as ServiceConfig;
  const shutdown = new AbortController();
  let backgroundErrors = 0;
  const eventLoop = watchEventLoop();
  const board = new BarrierBoard();
  let held: Held | null = null;
  let queue: ConnectedQueue | null = null;

  const noteAccount = config.accountFile === undefined ? () => {} : keepAccount(config.accountFile, account);

  const redis = connectRedis(required('REDIS_URL'));
  await redis.connect();
  const origin = connectOrigin({
    url: required('MYSQL_URL'),
    queryMs: config.queryMs,
    poolSize: config.poolSize,
    clock: systemClock,
    onCount: noteAccount,
  });
  const onBackgroundError = (error: unknown) => {
    if (!(error instanceof AbandonedError)) backgroundErrors++;
  };
  const strategy = await findStrategy(config.strategy);
  const shape = strategy.kind === 'write' ? strategy.queue?.(config.parameters) : undefined;
  if (shape !== undefined) {
    queue = await connectQueue({
      url: required('AMQP_URL'),
      shape,
      ...(config.queuePrefix === undefined ? {} : { prefix: config.queuePrefix }),
      clock: systemClock,
      signal: shutdown.signal,
      onBackgroundError,
      onCount: noteAccount,
    });
  }
  const context = strategyContext({
    redis,
    origin,
    clock: systemClock,
    random: seededRandom(config.seed),
    signal: shutdown.signal,
    ttlMs: config.ttlMs,
    keyPrefix: config.keyPrefix,
    onBackgroundError,
    ...(queue === null ? {} : { queue }),
    barrier: delayedBarrier(
      board.barrier,
      config.stepDelayMs,
      seededRandom(deriveSeed(config.seed, 'steps')),
      systemClock,
    ),
  });
  const { reader, writer } = readerAndWriter(strategy, context, config.parameters);
  await reader.start?.();
  await writer.start?.();
  const app = buildApp({ reader, writer, wallMs: systemClock.wallMs });
  await app.listen({ host: '127.0.0.1', port: Number(required('PORT')) });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the service has no TCP port');

  process.on('message', (command: ServiceCommand) => {
    switch (command.type) {
      case 'report':
        return send({ type: 'report', report: { ...account(), eventLoopDelayMs: eventLoop.read() } });
      case 'storm-starts':
        return eventLoop.restart();
      case 'abandon':
        return origin.abandon();
      case 'memory':
        return send({ type: 'memory', memory: readMemory() });
      case 'preload':
        preload(reader, origin).then(
          () => send({ type: 'preloaded' }),
          (error: unknown) => send({ type: 'error', message: String(error) }),
        );
        return;
      case 'hold':
        held = board.hold(command.barrier);
        held.reached().then(() => send({ type: 'held' }));
        return;
      case 'release':
        held?.release();
        return send({ type: 'released' });
    }
  });
  // Whoever is killed before its first statement leaves one too.
  noteAccount();
  send({ type: 'ready', port: address.port });

  function account(): ServiceReport {
    const { user, system } = process.cpuUsage();
    const counters = reader.counters?.();
    return {
      dbReads: origin.stats.reads,
      dbWrites: origin.stats.writes,
      dbInFlight: origin.stats.inFlight,
      dbErrors: origin.stats.errors,
      slowestLoadMs: origin.stats.slowestLoadMs,
      askedByFamily: Object.fromEntries(origin.stats.askedByFamily),
      totalLoadMs: origin.stats.totalLoadMs,
      backgroundErrors,
      ...(counters === undefined ? {} : { counters }),
      ...(queue === null ? {} : { queue: { ...queue.counters } }),
      cpuUs: user + system,
    };
  }
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`the service needs the environment variable ${name}`);
  return value;
}

function send(message: ServiceMessage): void {
  process.send?.(message);
}

// The harness is gone, or has dropped us: there is nobody left to serve.
process.on('disconnect', () => process.exit(0));
await main();
