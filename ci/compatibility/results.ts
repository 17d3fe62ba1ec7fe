/** What the tests of a run say of each server, as their `meta` tells (infra/contract/feature.ts). */
import type { TestCase, TestModule } from 'vitest/node';

/** `not offered`: on purpose, as its tests show. */
export type Mark = 'works' | 'fails' | 'not tried' | 'not offered';

export interface ServerResults {
  /** `redis`, `database` or `rabbitmq`. */
  readonly kind: string;
  /** Such as `containers`. */
  readonly provider: string;
  /** Of containers only. */
  readonly image?: string;
  /** What the server said that it is; `null` when it was never asked. */
  readonly identity: { readonly product: string; readonly version: string } | null;
  readonly features: ReadonlyMap<string, Mark>;
}

/** Of every server that had tests, in no order. */
export function resultsOf(modules: readonly Pick<TestModule, 'children'>[]): readonly ServerResults[] {
  const servers = new Map<string, ServerResults & { features: Map<string, Mark> }>();
  for (const test of modules.flatMap(({ children }) => [...children.allTests()])) {
    const { servers: tested = [], feature, identity } = test.meta();
    for (const server of tested) {
      const name = `${server.kind} ${server.provider} ${server.image ?? ''}`;
      const before = servers.get(name);
      const features = before?.features ?? new Map<string, Mark>();
      servers.set(name, { ...server, identity: identity ?? before?.identity ?? null, features });
      if (feature !== undefined) features.set(feature, worse(features.get(feature), markOf(test)));
    }
  }
  return [...servers.values()];
}

function markOf(test: TestCase): Mark {
  const { state } = test.result();
  if (state === 'passed') return test.meta().refused === true ? 'not offered' : 'works';
  return state === 'failed' || hookFailed(test) ? 'fails' : 'not tried';
}

/** A test whose suite could not be set up is only skipped. */
function hookFailed({ parent }: Pick<TestCase, 'parent'>): boolean {
  if (parent.errors().length > 0) return true;
  return parent.type === 'suite' && hookFailed(parent);
}

const FROM_WORST: readonly Mark[] = ['fails', 'not tried', 'not offered', 'works'];

/** A feature works when all of its tests passed. */
function worse(before: Mark = 'works', mark: Mark): Mark {
  return FROM_WORST.indexOf(before) < FROM_WORST.indexOf(mark) ? before : mark;
}
