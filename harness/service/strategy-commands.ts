import type { BarrierBoard, Held } from './barrier-board.ts';
import type { StrategyCommand, StrategyMessage } from './strategy-protocol.ts';

export interface StrategyParts<Report> {
  readonly board: BarrierBoard;
  readonly report: () => Report;
  readonly stormStarts: () => void;
}

/** @returns Carries out what the harness says to any process of a strategy. */
export function strategyCommands<Report>(
  { board, report, stormStarts }: StrategyParts<Report>,
  say: (message: StrategyMessage<Report>) => void,
): (command: StrategyCommand) => void {
  let held: Held | null = null;
  let answered = true;
  return (command) => {
    switch (command.type) {
      case 'report':
        return say({ type: 'report', report: report() });
      case 'storm-starts':
        return stormStarts();
      case 'hold':
        held = board.hold(command.barrier);
        answered = false;
        held.reached().then(() => {
          answered = true;
          say({ type: 'held' });
        });
        return;
      case 'release':
        held?.release();
        // A second answer would be taken for that to the next question.
        if (answered) return;
        answered = true;
        return say({ type: 'released' });
    }
  };
}
