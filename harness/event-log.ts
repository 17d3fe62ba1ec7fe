import type { RunEvent, RunEventBody } from './events.ts';
import type { RunDirectory } from './record/run-directory.ts';
import type { Clock } from './time/clock.ts';

export interface EventLogOptions {
  readonly clock: Clock;
  readonly directory: RunDirectory;
  readonly onEvent: (event: RunEvent) => void;
}

export interface EventLog {
  readonly all: readonly RunEvent[];
  readonly emit: (body: RunEventBody) => void;
  /** @throws StorageError when one of them can't be written */
  flush(): Promise<void>;
}

/** Stamps events, hands them on, and writes them down in order, up to the first that can't be written. */
export function eventLog({ clock, directory, onEvent }: EventLogOptions): EventLog {
  const all: RunEvent[] = [];
  let written: Promise<void> = Promise.resolve();
  return {
    all,
    emit(body) {
      const event: RunEvent = { atUs: clock.nowUs(), ...body };
      all.push(event);
      onEvent(event);
      written = written.then(() => directory.appendEvent(event));
      // Whoever flushes is told.
      written.catch(() => undefined);
    },
    flush: () => written,
  };
}
