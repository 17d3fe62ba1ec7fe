/**
 * The built-in service process: one strategy behind the HTTP contract.
 * Configured by its environment, controlled over IPC, ended by the harness or with it.
 */

import { findStrategy } from '../catalog/strategies.ts';
import { keepAccount } from '../process/account-file.ts';
import { endWithHarness, required, tellHarness } from '../process/child-end.ts';
import { type ConnectedQueue, connectQueue } from '../queue/queue.ts';
import { systemClock } from '../time/clock.ts';
import { deriveSeed, seededRandom } from '../time/random.ts';
import { buildApp } from './app.ts';
import { BarrierBoard } from './barrier-board.ts';
import { connectRedis, strategyContext } from './context.ts';
import { watchEventLoop } from './event-loop.ts';
import { readMemory } from './memory.ts';
import { connectOrigin } from './origin.ts';
import { AbandonedError } from './origin-error.ts';
import { preload } from './preload.ts';
import type { ServiceCommand, ServiceMessage, ServiceReport } from './protocol.ts';
import { readerAndWriter } from './reader-and-writer.ts';
import { delayedBarrier } from './step-delay.ts';
import { strategyCommands } from './strategy-commands.ts';
import type { StrategyConfig } from './strategy-protocol.ts';

const say: (message: ServiceMessage) => void = tellHarness;

async function main(): Promise<void> {
  const config = JSON.parse(required('CACHESTORM_SERVICE')) as StrategyConfig;
  const shutdown = new AbortController();
  let backgroundErrors = 0;
  const board = new BarrierBoard();
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

  // What the process does to get going is no stall under load.
  const eventLoop = watchEventLoop();
  const report = () => ({ ...account(), eventLoopDelayMs: eventLoop.read() });
  const stormStarts = () => {
    eventLoop.restart();
    origin.restartSlowest();
  };
  const obey = strategyCommands({ board, report, stormStarts }, say);
  process.on('message', (command: ServiceCommand) => {
    switch (command.type) {
      case 'abandon':
        return origin.abandon();
      case 'memory':
        return say({ type: 'memory', memory: readMemory() });
      case 'preload':
        preload(reader, origin, () => say({ type: 'preloading' })).then(
          () => say({ type: 'preloaded' }),
          (error: unknown) => say({ type: 'error', message: String(error) }),
        );
        return;
      default:
        obey(command);
    }
  });
  // Whoever is killed before its first statement leaves one too.
  noteAccount();
  say({ type: 'ready', port: address.port });

  function account(): ServiceReport {
    const { user, system } = process.cpuUsage();
    const counters = reader.counters?.();
    return {
      dbReads: origin.stats.reads,
      dbWrites: origin.stats.writes,
      dbInFlight: origin.stats.inFlight,
      dbErrors: origin.stats.errors,
      dbErrorCodes: Object.fromEntries(origin.stats.errorCodes),
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

endWithHarness();
await main();
