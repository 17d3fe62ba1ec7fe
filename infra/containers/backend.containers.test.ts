import { describeBackend } from '../contract/backend.suite.ts';
import { containerBackend } from './provider.ts';
import { imagesOf, isGone } from './testing.ts';

for (const kind of ['redis', 'database', 'rabbitmq'] as const) {
  for (const image of imagesOf(kind)) {
    describeBackend({
      name: `${image} in a container`,
      kind,
      make: () => containerBackend(kind, image),
      isGone,
    });
  }
}
