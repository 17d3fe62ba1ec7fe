/** What a process saw of its messages, since it started. */
export interface QueueCounters {
  /** Messages sent to the broker. */
  readonly published: number;
  /** Of them, those that the broker took in and had a queue for, however late it said so. */
  readonly confirmed: number;
  /** Messages handed out to this process. */
  readonly delivered: number;
  /** Of them, those that the broker had handed out before, to whomever. */
  readonly redelivered: number;
  readonly acked: number;
  /** Handed out, and neither acknowledged nor gone back. */
  readonly inHand: number;
}

export type Count = (counter: keyof QueueCounters, by?: number) => void;

/** Adds up the counters of several processes. */
export function allMessages(all: readonly QueueCounters[]): QueueCounters {
  const total = (counter: keyof QueueCounters) => all.reduce((sum, one) => sum + one[counter], 0);
  return {
    published: total('published'),
    confirmed: total('confirmed'),
    delivered: total('delivered'),
    redelivered: total('redelivered'),
    acked: total('acked'),
    inHand: total('inHand'),
  };
}
