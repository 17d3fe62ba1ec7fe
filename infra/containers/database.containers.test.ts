import { describeDatabase } from '../contract/database.suite.ts';
import { containerBackend } from './provider.ts';
import { imagesOf } from './testing.ts';

for (const image of imagesOf('database')) {
  describeDatabase(`the database ${image}`, () => containerBackend('database', image));
}
