import { execFile } from 'node:child_process';
import { readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Returns what a program says about itself with `--version`, both streams joined. */
export async function versionText(path: string): Promise<string> {
  const { stdout, stderr } = await run(path, ['--version'], { timeout: 10_000 });
  return `${stdout}\n${stderr}`.trim();
}

/**
 * Product and version from what `redis-server --version` or `valkey-server --version` prints, such as
 * `Redis server v=7.0.15 sha=...` or `Valkey server v=8.0.1 sha=...`; undefined when it is neither.
 */
export function parseRedisVersion(
  text: string,
): { product: 'redis' | 'valkey'; version: string } | undefined {
  const match = /\b(redis|valkey) server v=(\d[\w.-]*)/i.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { product: match[1].toLowerCase() === 'valkey' ? 'valkey' : 'redis', version: match[2] };
}

/**
 * Product and version from `mariadbd  Ver 10.11.19-MariaDB-... for ...` or
 * `/usr/sbin/mysqld  Ver 8.4.3 for Linux on x86_64 (MySQL Community Server - GPL)`.
 *
 * The file's name can't tell: distributions link `mysqld` to MariaDB.
 */
export function parseDatabaseVersion(
  text: string,
): { product: 'mariadb' | 'mysql'; version: string } | undefined {
  const match = /\bVer (\d+(?:\.\d+)+)/.exec(text);
  if (match?.[1] === undefined) return undefined;
  return { product: /mariadb/i.test(text) ? 'mariadb' : 'mysql', version: match[1] };
}

/**
 * RabbitMQ's version, from the name of its main plugin (`plugins/rabbit-3.10.8` or `rabbit-4.1.0.ez`) beside
 * the `sbin` that the server lies in: asking the program itself boots an Erlang machine for a second.
 */
export async function rabbitmqVersion(path: string): Promise<string | undefined> {
  try {
    const names = await readdir(join(dirname(await realpath(path)), '..', 'plugins'));
    return names.map((name) => /^rabbit-(\d[\w.-]*?)(?:\.ez)?$/.exec(name)?.[1]).find(Boolean);
  } catch {
    return undefined;
  }
}
