/** What the tests of servers tell docs/compatibility.md, through their `meta`. */
import { describe, expect, test } from 'vitest';
import type { BackendKind, StartedBackend } from '../backend.ts';
import type { ProviderName } from '../provider.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Which are tested, the lines of the page. */
    servers?: readonly ServerUnderTest[];
    /** What of them, a column of the page. */
    feature?: string;
    /** That they show it to be refused. */
    refused?: true;
    /** What the server says that it is. */
    identity?: { readonly product: string; readonly version: string };
  }
}

export interface ServerUnderTest {
  readonly kind: BackendKind;
  readonly provider: ProviderName;
  /** Such as `cachestorm/redis:8`; of containers only. */
  readonly image?: string;
}

/** Tests of one server. */
export function describeServer(server: ServerUnderTest, define: () => void): void {
  const { kind, provider, image = `${provider} ${kind}` } = server;
  describe(image, { meta: { servers: [server] } }, define);
}

/** Has the page name the product and version that run. */
export function namesItself(serverOf: () => StartedBackend): void {
  test('says what it is', ({ task }) => {
    const { product, version } = serverOf();
    expect(version).toMatch(/^\d+\.\d+/);
    task.meta.identity = { product, version };
  });
}

/** Tests of something that a storm needs of a server. It works when all of them pass. */
export function describeFeature(feature: string, define: () => void): void {
  describe(feature, { meta: { feature } }, define);
}

/** Tests that show that something is refused with this server, on purpose: it is not offered. */
export function describeRefused(feature: string, define: () => void): void {
  describe(`refused: ${feature}`, { meta: { feature, refused: true } }, define);
}
