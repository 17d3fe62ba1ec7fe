import { InvalidArgumentError } from 'commander';
import type { BackendKind } from '../../infra/backend.ts';
import type { Images } from '../../infra/containers/images.ts';
import { didYouMean } from '../catalog/nearest.ts';

/** What a kind of server may be called on the command line. */
const KINDS: Readonly<Record<string, BackendKind>> = {
  redis: 'redis',
  valkey: 'redis',
  database: 'database',
  mysql: 'database',
  mariadb: 'database',
  rabbitmq: 'rabbitmq',
};

/** `kind=image`, once for a kind; repeatable. */
export function imageOption(text: string, earlier: Partial<Images> = {}): Partial<Images> {
  const [name = '', ...rest] = text.split('=');
  const image = rest.join('=').trim();
  const kind = Object.hasOwn(KINDS, name.trim()) ? KINDS[name.trim()] : undefined;
  const names = Object.keys(KINDS);
  if (kind === undefined) {
    throw new InvalidArgumentError(
      `Expected KIND=IMAGE with a kind of ${names.join(', ')}.${didYouMean(name, names)}`,
    );
  }
  if (image === '' || /\s/.test(image)) {
    throw new InvalidArgumentError(`Expected the name of an image, such as ${name}=${EXAMPLES[kind]}.`);
  }
  if (earlier[kind] !== undefined) {
    throw new InvalidArgumentError(`The image of the ${kind} is given already: ${earlier[kind]}.`);
  }
  return { ...earlier, [kind]: image };
}

const EXAMPLES: Images = { redis: 'valkey/valkey:8', database: 'mariadb:11.4', rabbitmq: 'rabbitmq:4' };
