import { describeBackend } from '../contract/backend.suite.ts';
import { containerBackend } from './provider.ts';
import { imagesOf, isGone } from './testing.ts';

for (const image of imagesOf('redis')) {
  describeBackend({
    name: `${image} in a container`,
    kind: 'redis',
    make: () => containerBackend('redis', image),
    isGone,
  });
}
