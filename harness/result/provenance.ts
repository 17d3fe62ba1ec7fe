import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { cpus, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Provenance } from './schema.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

const packageSchema = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()) });

/** The packages whose version shapes the numbers; the rest draws or parses. */
const MEASURING = ['autocannon', 'fastify', 'hdr-histogram-js', 'ioredis', 'mysql2', 'undici'];

export type ProgramProvenance = Pick<Provenance, 'cachestorm' | 'git' | 'node' | 'host' | 'packages'>;

/** Returns what program this is and what machine it runs on. Nothing in it names a person or a host. */
export async function programProvenance(): Promise<ProgramProvenance> {
  const manifest = packageSchema.parse(JSON.parse(await readFile(`${root}package.json`, 'utf8')));
  return {
    cachestorm: manifest.version,
    git: await gitState(),
    node: process.version,
    host: {
      cpuModel: cpus()[0]?.model ?? 'unknown',
      cpus: cpus().length,
      memoryBytes: totalmem(),
      platform: platform(),
      kernel: release(),
    },
    packages: Object.fromEntries(MEASURING.map((name) => [name, manifest.dependencies[name] ?? 'unknown'])),
  };
}

/** The revision of the code that made the numbers; `null` outside a checkout. */
async function gitState(): Promise<Provenance['git']> {
  try {
    const [{ stdout: revision }, { stdout: changes }] = await Promise.all([
      run('git', ['-C', root, 'rev-parse', 'HEAD']),
      run('git', ['-C', root, 'status', '--porcelain']),
    ]);
    return { revision: revision.trim(), dirty: changes.trim() !== '' };
  } catch {
    return null;
  }
}
