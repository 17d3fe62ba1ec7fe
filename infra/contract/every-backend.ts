import { expect, it } from 'vitest';
import type { BackendKind, Role, StartedBackend } from '../backend.ts';
import { CLIENTS } from './clients.ts';

export const ROLES: readonly Role[] = ['service', 'relay', 'probe'];

/** What every backend promises, whoever its server belongs to. */
export function servesAndFlushes(kind: BackendKind, server: () => StartedBackend): void {
  const connect = (role: Role) => CLIENTS[kind](server().url(role), server().prefix);

  it('answers every role', async () => {
    for (const role of ROLES) {
      await using client = await connect(role);
      await client.put();
    }
    await using client = await connect('probe');
    expect(await client.count()).toBe(3);
  });

  it('holds nothing after a flush', async () => {
    await using client = await connect('service');
    await client.put();
    await server().flush();
    await using fresh = await connect('service');
    expect(await fresh.count()).toBe(0);
  });
}
