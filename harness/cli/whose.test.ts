import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { userFileOf } from './whose.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const stack = (...places: string[]) => ['Error: x', ...places.map((place) => `    at ${place}`)].join('\n');

test.each([
  ['of the user', stack('file:///home/me/a%20b.ts:1:2'), '/home/me/a b.ts'],
  [
    'called by Node',
    stack('listOnTimeout (node:internal/timers:1:2)', 'create (file:///home/me/s.ts:3:4)'),
    '/home/me/s.ts',
  ],
  [
    'using a package',
    stack('Redis.x (/home/me/node_modules/ioredis/r.js:1:2)', 'async f (file:///home/me/s.ts:3:4)'),
    '/home/me/s.ts',
  ],
  ['an example', stack(`file://${ROOT}docs/examples/s.ts:1:2`), `${ROOT}docs/examples/s.ts`],
  [
    'ours, on behalf of the user',
    stack(`plan (file://${ROOT}harness/plan/plan.ts:1:2)`, 'file:///home/me/s.ts:1:2'),
    null,
  ],
  ['ours', stack(`new Trial (${ROOT}harness/trial/trial.ts:1:2)`), null],
  ['of Node', stack('node:internal/modules/run_main:1:2'), null],
  ['nowhere', 'Error: x', null],
  ['in a folder whose name no URL may have', stack('f (/home/100%/s.cjs:1:2)'), '/home/100%/s.cjs'],
  ['in a file whose name a URL has to encode', stack('file:///home/me/%23a.ts:1:2'), '/home/me/#a.ts'],
  [
    'after a message that quotes no URL',
    stack('file:///home/%zz:1:2', 'f (/home/me/s.cjs:1:2)'),
    '/home/me/s.cjs',
  ],
])('whose an error is: %s', (_what, text, file) => {
  expect(userFileOf(text)).toBe(file);
});
