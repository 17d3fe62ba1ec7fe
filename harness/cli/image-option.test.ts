import { expect, it } from 'vitest';
import { imageOption } from './image-option.ts';

it('reads an image for each kind, under all its names', () => {
  const images = [
    'valkey=valkey/valkey:8',
    'mysql=localhost:5000/mysql:8.4@sha256:ab',
    'rabbitmq=rabbitmq:4',
  ];
  expect(images.reduce((earlier, text) => imageOption(text, earlier), {})).toEqual({
    redis: 'valkey/valkey:8',
    database: 'localhost:5000/mysql:8.4@sha256:ab',
    rabbitmq: 'rabbitmq:4',
  });
});

it.each([
  ['reddis=redis:8', 'Did you mean "redis"?'],
  ['constructor=foo', 'Expected KIND=IMAGE with a kind of redis'],
  ['redis', 'such as redis=valkey/valkey:8'],
  ['redis=', 'such as redis=valkey/valkey:8'],
  ['mysql= my sql', 'such as mysql=mariadb:11.4'],
  ['', 'Expected KIND=IMAGE with a kind of redis, valkey, database, mysql, mariadb, rabbitmq.'],
])('refuses %j', (text, why) => {
  expect(() => imageOption(text)).toThrow(why);
});

it('refuses a second image of a kind', () => {
  expect(() => imageOption('mariadb=mariadb:11', { database: 'mysql:9' })).toThrow('given already: mysql:9');
});
