import { describeBackend } from '../contract/backend.suite.ts';
import { describeFeature, describeServer } from '../contract/feature.ts';
import { describeStart } from '../contract/start.suite.ts';
import { containerBackend } from './provider.ts';
import { imagesOf, leftOf } from './testing.ts';

const TINY_BYTES = 65_536;
const noFiles = { [Symbol.asyncDispose]: async () => {} };

for (const kind of ['redis', 'database', 'rabbitmq'] as const) {
  for (const image of imagesOf(kind)) {
    describeServer({ kind, provider: 'containers', image }, () => {
      describeFeature('kill, pause, restart, flush', () => {
        describeBackend({
          name: `${image} in a container`,
          kind,
          make: () => containerBackend(kind, image),
          isGone: async (_server, { runId }) => (await leftOf(runId)).length === 0,
        });
      });

      describeFeature('starts, or says why not', () => {
        describeStart({
          name: image,
          kind,
          make: async ({ script, ...options }) =>
            containerBackend(kind, image, {
              ...options,
              ...(script === undefined ? {} : { program: ['bash', '-c', script] }),
            }),
          makeOnFullDisk: async () => ({
            ...containerBackend(kind, image, { dataBytes: TINY_BYTES }),
            ...noFiles,
          }),
          printSecrets:
            'cat /usr/local/etc/cachestorm/* /run/cachestorm* /docker-entrypoint-initdb.d/* /etc/rabbitmq/conf.d/*; env',
          lives: async (runId) => (await leftOf(runId)).length > 0,
          nothingLeft: async ({ runId }) => (await leftOf(runId)).length === 0,
        });
      });
    });
  }
}
