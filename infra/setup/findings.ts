import { BackendMissingError } from '../errors.ts';
import { firstExecutable, isExecutable, pathDirectories } from '../local/find/search.ts';
import { findProgram } from '../local/find.ts';
import { DEFAULT_NEEDS, type Need, sourceOf } from './needs.ts';

export type Finding =
  | {
      readonly status: 'found';
      readonly need: Need;
      /** `redis`, `valkey`, `mariadb`, `mysql`, `rabbitmq`, `chromium`. */
      readonly product: string;
      /** Unknown for the browser, which takes too long to say. */
      readonly version: string | undefined;
      readonly path: string;
    }
  /** Not on this machine; `remedies` are commands or settings, any of which helps. */
  | { readonly status: 'missing'; readonly need: Need; readonly remedies: readonly string[] }
  /** An environment variable points to something that can't be used: nothing to install, but to correct. */
  | { readonly status: 'unusable'; readonly need: Need; readonly reason: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** Looks for everything needed, all at once. Never throws for what is not there. */
export async function findings(
  needs: readonly Need[] = DEFAULT_NEEDS,
  env: Environment = process.env,
): Promise<Finding[]> {
  return await Promise.all(needs.map((need) => findNeed(need, env)));
}

async function findNeed(need: Need, env: Environment): Promise<Finding> {
  if (need === 'chromium') return await findChromium(env);
  try {
    const { product, version, path } = await findProgram(need, env);
    return { status: 'found', need, product, version, path };
  } catch (error) {
    if (error instanceof BackendMissingError) return missing(need);
    return { status: 'unusable', need, reason: error instanceof Error ? error.message : String(error) };
  }
}

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const CHROMIUM_DIRECTORIES = [
  '/usr/bin',
  '/usr/local/bin',
  '/snap/bin',
  '/opt/google/chrome',
  '/opt/homebrew/bin',
];
const MAC_CHROMES = ['Google Chrome', 'Chromium'].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);

async function findChromium(env: Environment): Promise<Finding> {
  const need = 'chromium';
  const { variable } = sourceOf(need);
  const override = env[variable];
  if (override !== undefined && override !== '') {
    if (await isExecutable(override)) return foundChromium(override);
    return {
      status: 'unusable',
      need,
      reason: `${variable}=${override}: no such program, or not executable`,
    };
  }
  for (const path of MAC_CHROMES) if (await isExecutable(path)) return foundChromium(path);
  const path = await firstExecutable(CHROMIUM_NAMES, [...pathDirectories(env.PATH), ...CHROMIUM_DIRECTORIES]);
  return path === undefined ? missing(need) : foundChromium(path);
}

function foundChromium(path: string): Finding {
  return { status: 'found', need: 'chromium', product: 'chromium', version: undefined, path };
}

function missing(need: Need): Finding {
  const { variable } = sourceOf(need);
  const option = need === 'chromium' ? ' -- --with chromium' : '';
  return {
    status: 'missing',
    need,
    remedies: [`npm run setup${option}`, `export ${variable}=/path/to/its/program`],
  };
}
