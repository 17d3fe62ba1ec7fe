import { expect, it } from 'vitest';
import { withPublishedPorts } from './published-ports.ts';

type Inspection = Parameters<typeof withPublishedPorts>[0];

it('a port that the image only exposes is not waited for', () => {
  const published = [{ HostIp: '127.0.0.1', HostPort: '15672' }];
  // As Podman 4.3 answers.
  const answer = { Id: 'id', HostConfig: { PortBindings: { '4369/tcp': null, '5672/tcp': published } } };
  expect(withPublishedPorts(answer as unknown as Inspection)).toEqual({
    Id: 'id',
    HostConfig: { PortBindings: { '5672/tcp': published } },
  });
});
