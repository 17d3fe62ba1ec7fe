import { expect, onTestFinished, test, vi } from 'vitest';
import { listenForInterrupts } from './interrupts.ts';

function listen() {
  let nowUs = 0;
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const interrupts = listenForInterrupts({ nowUs: () => nowUs, wallMs: () => 0, sleep: async () => {} });
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

test('another signal is a second one, however soon', () => {
  const { exit, comes } = listen();
  comes('SIGINT', 0);
  comes('SIGTERM', 1);
  expect(exit).toHaveBeenCalledWith(130);
});
