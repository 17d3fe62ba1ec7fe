/** Makes images without a registry: a base from Debian's packages for each suite, a Dockerfile on it for each image. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CommandOptions, output, succeeds } from './command.ts';
import { baseTagOf, type Image, type Suite, tagOf } from './images.ts';

const RECIPES = fileURLToPath(new URL('./images/', import.meta.url));
/** The hash of what an image is made of: one that has it is not made again. */
const RECIPE_LABEL = 'cachestorm.recipe';

export interface Made {
  readonly tag: string;
  /** `false`: it was there, made of the same recipe. */
  readonly isNew: boolean;
}

/**
 * Makes those that are not there, suites beside each other.
 *
 * @throws CommandError
 */
export async function makeImages(
  images: readonly Image[],
  options: CommandOptions,
  onMade: (made: Made) => void,
): Promise<void> {
  const suites = [...new Set(images.map(({ suite }) => suite))];
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const bySuite = suites.map(async (suite) => {
    try {
      for (const image of images.filter((each) => each.suite === suite)) {
        onMade(await makeImage(image, { ...options, signal }));
      }
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  });
  // The first error, but not before the other suite has stopped.
  await Promise.allSettled(bySuite);
  // What lost its name to a new one, or never got it.
  await succeeds(['docker', 'image', 'prune', '--force', '--filter', `label=${RECIPE_LABEL}`], {
    env: options.env,
  });
  await Promise.all(bySuite);
}

async function makeImage(image: Image, options: CommandOptions): Promise<Made> {
  const tag = tagOf(image);
  const folder = join(RECIPES, image.recipe);
  const recipe = hash([await baseRecipe(image.suite), await filesOf(folder), JSON.stringify(image)]);
  if (await isMade(tag, recipe, options)) return { tag, isNew: false };
  await makeBase(image.suite, options);
  const args = { SUITE: image.suite, PACKAGES: image.packages.join(' '), ...image.args };
  const buildArgs = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const label = ['--label', `${RECIPE_LABEL}=${recipe}`];
  // The host's network: an engine of ours routes none of its own to the mirror.
  await output(
    ['docker', 'build', '--network', 'host', '--force-rm', '--tag', tag, ...label, ...buildArgs, folder],
    options,
  );
  return { tag, isNew: true };
}

async function makeBase(suite: Suite, options: CommandOptions): Promise<void> {
  const recipe = await baseRecipe(suite);
  if (await isMade(baseTagOf(suite), recipe, options)) return;
  const id = await output([join(RECIPES, 'debian/make.sh'), suite, recipe], options);
  // Only now: a base that was cut short must not pass for one.
  await output(['docker', 'tag', id.trim(), baseTagOf(suite)], options);
}

async function baseRecipe(suite: Suite): Promise<string> {
  return hash([suite, await filesOf(join(RECIPES, 'debian'))]);
}

async function isMade(tag: string, recipe: string, options: CommandOptions): Promise<boolean> {
  const format = `{{index .Config.Labels "${RECIPE_LABEL}"}}`;
  // Asked of all images, for which an unknown one is no error.
  if ((await output(['docker', 'image', 'ls', '--quiet', tag], options)) === '') return false;
  return (await output(['docker', 'image', 'inspect', '--format', format, tag], options)).trim() === recipe;
}

async function filesOf(folder: string): Promise<string> {
  const names = (await readdir(folder)).sort();
  return hash(
    (await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')]))).flat(),
  );
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
