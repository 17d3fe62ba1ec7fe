import { describeDatabase } from '../contract/database.suite.ts';
import { describeFeature, describeServer } from '../contract/feature.ts';
import { containerBackend } from './provider.ts';
import { imagesOf } from './testing.ts';

for (const image of imagesOf('database')) {
  describeServer({ kind: 'database', provider: 'containers', image }, () => {
    describeFeature('statement counts per user, accounts', () => {
      describeDatabase(`the database ${image}`, () => containerBackend('database', image));
    });
  });
}
