import { expect, onTestFinished, test, vi } from 'vitest';
import { listenForInterrupts } from './interrupts.ts';

function listen({ nohup = false } = {}) {
  let nowUs = 0;
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const clock = { nowUs: () => nowUs, wallMs: () => 0, sleep: async () => {} };
  const interrupts = listenForInterrupts(clock, nohup);
  onTestFinished(() => {
    interrupts.close();
    exit.mockRestore();
  });
  const comes = (signal: NodeJS.Signals, atMs: number) => {
    nowUs = atMs * 1_000;
    process.emit(signal, signal);
  };
  return { ...interrupts, exit, comes };
}

test('the first interrupt is an abort, the second leaves at once', () => {
  const { signal, exit, comes } = listen();
  comes('SIGINT', 0);
  expect(signal.reason).toMatchObject({ code: 'E_INTERRUPTED', message: 'interrupted by SIGINT' });
  expect(exit).not.toHaveBeenCalled();
  comes('SIGINT', 600);
  expect(exit).toHaveBeenCalledWith(130);
});

test('one that comes twice, from the terminal and from npx or the shell, is one', () => {
  const { signal, exit, comes } = listen();
  comes('SIGHUP', 0);
  comes('SIGHUP', 100);
  expect(signal.aborted).toBe(true);
  expect(exit).not.toHaveBeenCalled();
});

test('under nohup a terminal that is closed is no interrupt, and all else is', () => {
  const { signal, exit, comes } = listen({ nohup: true });
  comes('SIGHUP', 0);
  comes('SIGHUP', 1_000);
  expect(signal.aborted).toBe(false);
  expect(exit).not.toHaveBeenCalled();
  comes('SIGTERM', 2_000);
  expect(signal.aborted).toBe(true);
});

test('another signal is a second one, however soon', () => {
  const { exit, comes } = listen();
  comes('SIGINT', 0);
  comes('SIGTERM', 1);
  expect(exit).toHaveBeenCalledWith(130);
});
