import { expect, test } from 'vitest';
import { grantStatement, missing, parseGrants } from './grants.ts';

const wanted = { schema: 'my_storm', privileges: ['SELECT', 'CREATE'], passedOn: true };
const global = { schema: null, privileges: ['CREATE USER'], passedOn: false };

test('root of MariaDB has all', () => {
  const root = parseGrants([
    "GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` IDENTIFIED BY PASSWORD '*0' WITH GRANT OPTION",
    "GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION",
  ]);
  expect([missing(root, wanted), missing(root, global)]).toEqual([[], []]);
});

test('privileges on everything and on the schema add up', () => {
  const user = parseGrants([
    'GRANT SELECT, CREATE USER ON *.* TO `u`@`%`',
    'GRANT BACKUP_ADMIN ON *.* TO `u`@`%`',
    'GRANT CREATE ON `my\\_storm`.* TO `u`@`%` WITH GRANT OPTION',
  ]);
  expect([missing(user, wanted), missing(user, global)]).toEqual([[], []]);
});

test('what is missing is named', () => {
  const reader = parseGrants(['GRANT SELECT ON *.* TO `reader`@`%`']);
  expect(missing(reader, wanted)).toEqual(['CREATE']);
  expect(missing(reader, global)).toEqual(['CREATE USER']);
  const keeper = parseGrants(['GRANT ALL PRIVILEGES ON `my\\_storm`.* TO `keeper`@`%`']);
  expect(missing(keeper, wanted)).toEqual(['GRANT OPTION']);
});

test.each([
  ['my\\_storm', true],
  ['my_storm', true],
  ['my%', true],
  ['my\\%', false],
  ['myxstorm', false],
  ['my.storm', false],
])('a grant on %s is for my_storm: %s', (pattern, fits) => {
  const user = parseGrants([`GRANT ALL PRIVILEGES ON \`${pattern}\`.* TO \`u\`@\`%\` WITH GRANT OPTION`]);
  expect(missing(user, wanted)).toEqual(fits ? [] : ['SELECT', 'CREATE']);
});

test('grants on tables are none on the schema', () => {
  const user = parseGrants(['GRANT SELECT, CREATE ON `my_storm`.`t` TO `u`@`%` WITH GRANT OPTION']);
  expect(missing(user, wanted)).toEqual(['SELECT', 'CREATE']);
});

test('MariaDB calls one of them otherwise', () => {
  const user = parseGrants(['GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO `u`@`%`']);
  const log = { schema: null, privileges: ['REPLICATION SLAVE', 'REPLICATION CLIENT'], passedOn: false };
  expect(missing(user, log)).toEqual([]);
});

test('the statement that gives them', () => {
  expect(grantStatement(wanted, "'u'@'%'")).toBe(
    "GRANT SELECT, CREATE ON `my\\_storm`.* TO 'u'@'%' WITH GRANT OPTION;",
  );
  expect(grantStatement(global, "'u'@'%'")).toBe("GRANT CREATE USER ON *.* TO 'u'@'%';");
});
