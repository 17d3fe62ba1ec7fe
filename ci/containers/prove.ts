/**
 * `npm run proof:images [-- NAME...]`: each image (or those named) answers as the official one does, to the right and
 * not to the wrong password, keeps its data through a restart and a kill, and is removed with its volume.
 */
import { constants } from 'node:os';
import { IMAGES, type Image, tagOf } from './images.ts';
import { proveDatabase, proveRefusal } from './proofs/database.ts';
import { proveRabbitmq } from './proofs/rabbitmq.ts';
import { proveOpenRedis, proveRedis } from './proofs/redis.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    process.exitCode = 128 + constants.signals[signal];
    interrupted.abort(new Error(`interrupted by ${signal}`));
  });
}
const { signal } = interrupted;

const names = process.argv.slice(2);
try {
  for (const image of IMAGES.filter(({ name }) => names.length === 0 || names.includes(name))) {
    await prove(image);
    console.log(`${tagOf(image)}: holds`);
  }
} catch (error) {
  if (!signal.aborted) throw error;
}

async function prove(image: Image): Promise<void> {
  const tag = tagOf(image);
  switch (image.recipe) {
    case 'redis':
      await proveRedis(tag, image.name.startsWith('valkey') ? 'valkey' : 'redis', signal);
      await proveOpenRedis(tag, signal);
      break;
    case 'database': {
      const product = image.name.startsWith('mariadb') ? 'mariadb' : 'mysql';
      await proveDatabase(tag, product, signal);
      await proveRefusal(tag, product, signal);
      break;
    }
    case 'rabbitmq':
      await proveRabbitmq(tag, signal);
  }
}
