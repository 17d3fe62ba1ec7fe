import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { pickFreePort, saysAddressInUse } from './ports.ts';

it('picks ports below the ephemeral range that can be bound', async () => {
  for (let attempt = 0; attempt < 20; attempt++) {
    const port = await pickFreePort();
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    server.close();
  }
});

it.each([
  'Could not create server TCP listening socket 127.0.0.1:6379: bind: Address already in use',
  "[ERROR] Can't start server: Bind on TCP/IP port. Got error: 98: Address already in use",
  '{failed_to_start_child,prelaunch,{dist_port_already_used,20684,not_erlang,"localhost"}}',
  'ERROR: could not bind to distribution port 25672, it is in use by another node: eaddrinuse',
])('knows a taken port: %s', (line) => {
  expect(saysAddressInUse(line)).toBe(true);
  expect(saysAddressInUse('Permission denied')).toBe(false);
});
