/** What a user may do, as SHOW GRANTS tells it. Privileges of single tables and columns are left out. */
export interface Grants {
  readonly global: Level;
  readonly schemas: readonly (Level & { readonly pattern: string })[];
}

interface Level {
  readonly privileges: ReadonlySet<string>;
  /** Whether they may be passed on. */
  readonly grantOption: boolean;
}

/** Privileges that are to be had, and passed on to the users of a run. */
export interface Wanted {
  /** `null`: on everything. */
  readonly schema: string | null;
  readonly privileges: readonly string[];
  readonly passedOn: boolean;
}

const LINE = /^GRANT (.+?) ON (?:(\*\.\*)|`((?:[^`]|``)+)`\.\*) TO /;
/** MariaDB's name for it since 10.5. */
const ALIASES: Readonly<Record<string, string>> = { 'BINLOG MONITOR': 'REPLICATION CLIENT' };

export function parseGrants(lines: readonly string[]): Grants {
  let global: Level = { privileges: new Set(), grantOption: false };
  const schemas: (Level & { pattern: string })[] = [];
  for (const line of lines) {
    const [, list = '', everything, pattern = ''] = LINE.exec(line) ?? [];
    if (list === '' || list === 'PROXY') continue;
    const privileges = new Set(
      list.split(',').map((each) => {
        const name = each.trim().toUpperCase();
        return ALIASES[name] ?? name;
      }),
    );
    const level = { privileges, grantOption: /GRANT OPTION/.test(line) };
    if (everything === undefined) schemas.push({ ...level, pattern: pattern.replaceAll('``', '`') });
    else global = together(global, level);
  }
  return { global, schemas };
}

/** Those of the privileges that a user does not have, or can't pass on. */
export function missing({ global, schemas }: Grants, { schema, privileges, passedOn }: Wanted): string[] {
  const held = schemas
    .filter(({ pattern }) => schema !== null && matches(pattern, schema))
    .reduce<Level>(together, global);
  const all = held.privileges.has('ALL PRIVILEGES') || held.privileges.has('ALL');
  const lacking = privileges.filter((privilege) => !all && !held.privileges.has(privilege));
  return lacking.length === 0 && passedOn && !held.grantOption ? ['GRANT OPTION'] : lacking;
}

/** The statement that gives them. */
export function grantStatement({ schema, privileges, passedOn }: Wanted, account: string): string {
  const on = schema === null ? '*.*' : `${quotedPattern(schema)}.*`;
  return `GRANT ${privileges.join(', ')} ON ${on} TO ${account}${passedOn ? ' WITH GRANT OPTION' : ''};`;
}

/** In GRANT a schema is a pattern, in which _ stands for any character. */
export function quotedPattern(schema: string): string {
  return `\`${schema.replace(/[_%]/g, '\\$&')}\``;
}

function together(a: Level, b: Level): Level {
  return {
    privileges: new Set([...a.privileges, ...b.privileges]),
    grantOption: a.grantOption || b.grantOption,
  };
}

function matches(pattern: string, schema: string): boolean {
  const expression = pattern
    .replace(/[.*+?^${}()|[\]]/g, '\\$&')
    .replace(/\\[_%]|[_%]/g, (found) => ({ _: '.', '%': '.*' })[found] ?? found.slice(1));
  return new RegExp(`^${expression}$`, 'i').test(schema);
}
