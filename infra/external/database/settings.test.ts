import { expect, test } from 'vitest';
import { NO_NEEDS } from '../../backend.ts';
import { ALL_NEEDS } from '../testing.ts';
import { settingFindings, VARIABLES } from './settings.ts';

const fit = {
  binlog_format: 'ROW',
  binlog_row_image: 'FULL',
  binlog_row_metadata: 'FULL',
  log_bin: '1',
  performance_schema: 'ON',
  performance_schema_users_size: '-1',
  read_only: 'OFF',
  super_read_only: '0',
  transaction_read_only: 'OFF',
  tx_read_only: '0',
};

function found(changes: Partial<typeof fit>, needs = ALL_NEEDS, version = '8.4.1') {
  const variables = new Map(Object.entries({ ...fit, ...changes }));
  return settingFindings('MYSQL_URL', { product: 'mysql', version, variables }, needs);
}

test('nothing, when all is as it has to be', () => {
  expect(found({})).toEqual([]);
  expect(Object.keys(fit).sort()).toEqual(VARIABLES);
});

test('everything at once, each with what mends it', () => {
  const wrong = {
    log_bin: 'OFF',
    binlog_format: 'MIXED',
    binlog_row_image: 'MINIMAL',
    binlog_row_metadata: 'NO_LOG',
    performance_schema: 'OFF',
    read_only: '1',
    tx_read_only: 'ON',
  };
  expect(found(wrong, ALL_NEEDS, '5.7.44').map(({ what, got }) => [what, got])).toEqual([
    ['the version', '5.7.44'],
    ['performance_schema', 'OFF'],
    ['read_only', 'ON'],
    ['tx_read_only', 'ON'],
    ['log_bin', 'OFF'],
    ['binlog_format', 'MIXED'],
    ['binlog_row_image', 'MINIMAL'],
    ['binlog_row_metadata', 'NO_LOG'],
  ]);
  expect(found({ binlog_row_metadata: 'MINIMAL' })[0]?.mend).toBe("SET GLOBAL binlog_row_metadata = 'FULL';");
});

test('the log matters to those only who read it', () => {
  expect(found({ log_bin: 'OFF', binlog_format: 'MIXED' }, NO_NEEDS)).toEqual([]);
});

test('a setting that the server does not know is not wrong', () => {
  const variables = new Map([['log_bin', 'ON']]);
  expect(settingFindings('', { product: 'mysql', version: '10.1', variables }, ALL_NEEDS)).toEqual([]);
});
