import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findEngine } from './find.ts';

/** Has something that answers like an engine listen on a socket. */
async function answering(status: number, body: unknown, use: (socketPath: string) => Promise<void>) {
  const directory = await mkdtemp(join(tmpdir(), 'test-engine-'));
  const socketPath = join(directory, 'engine.sock');
  const server = createServer((request, response) => {
    response.statusCode = request.url?.startsWith('/version') ? status : 404;
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  try {
    await use(socketPath);
  } finally {
    server.close();
    await rm(directory, { recursive: true });
  }
}

it.each([
  ['docker', { Version: '28.0.1', Components: [{ Name: 'Engine' }] }],
  ['podman', { Version: '28.0.1', Components: [{ Name: 'Podman Engine' }] }],
])('knows %s', async (product, body) => {
  await answering(200, body, async (socketPath) => {
    const env = { DOCKER_HOST: `unix://${socketPath}` };
    expect(await findEngine(env)).toEqual({ socketPath, product, version: '28.0.1' });
  });
});

it('takes nothing for an engine that does not answer as one', async () => {
  await answering(500, {}, async (socketPath) => {
    const finding = findEngine({ DOCKER_HOST: `unix://${socketPath}` });
    await expect(finding).rejects.toMatchObject({
      code: 'E_ENGINE',
      message: expect.stringContaining(socketPath),
    });
  });
});

it('refuses an engine on another machine', async () => {
  const finding = findEngine({ DOCKER_HOST: 'tcp://192.0.2.1:2375' });
  await expect(finding).rejects.toMatchObject({
    code: 'E_ENGINE',
    message: expect.stringContaining('has to be on this machine'),
  });
});
