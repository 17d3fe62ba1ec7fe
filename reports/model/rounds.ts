import type { Result, ScenarioResult } from '../../harness/result/schema.ts';

/** Rounds that a scenario was measured in: scenarios of one run may differ. 0 when nothing was measured. */
export function roundsOf({ strategies }: Pick<ScenarioResult, 'strategies'>): number {
  const counts = strategies.flatMap(({ metrics }) =>
    Object.values(metrics).map(({ values }) => values.length),
  );
  return Math.max(0, ...counts);
}

/** `3 rounds`; `1 to 3 rounds` where the scenarios of a run differ; what was planned where nothing was measured. */
export function roundsWords({ scenarios, provenance }: Pick<Result, 'scenarios' | 'provenance'>): string {
  const measured = scenarios.map(roundsOf).filter((count) => count > 0);
  const counts = measured.length > 0 ? measured : [provenance.rounds];
  const least = Math.min(...counts);
  const most = Math.max(...counts);
  const range = least < most ? `${least} to ${most}` : String(most);
  return `${range} ${range === '1' ? 'round' : 'rounds'}`;
}
