import type { BackendKind } from '../infra/backend.ts';
import type { Plan } from './plan/plan.ts';

/** The kinds of servers that a plan runs on; a broker, which takes seconds to boot, only where somebody needs it. */
export function neededServers({ scenarios }: Pick<Plan, 'scenarios'>): BackendKind[] {
  const broker = scenarios.some(
    ({ scenario, strategies }) =>
      strategies.some(({ broker: needed }) => needed === true) ||
      scenario.faults.some((fault) => 'target' in fault && fault.target === 'rabbitmq'),
  );
  return ['redis', 'database', ...(broker ? ['rabbitmq' as const] : [])];
}
