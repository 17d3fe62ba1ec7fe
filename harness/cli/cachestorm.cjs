#!/usr/bin/env node
// What `npx cachestorm` starts. Written for any Node: one that is too old can't even read main.ts, and would say so with a
// stack trace.
'use strict';

const NEEDED = 24;

if (Number(process.versions.node.split('.')[0]) >= NEEDED) import('./main.ts');
else {
  const { join } = require('node:path');
  const { existsSync } = require('node:fs');
  const ours = join(__dirname, '../../node_modules/node/bin/node');
  const mend = existsSync(ours)
    ? `run it with the one that npm ci has installed: ${ours} ${__filename}`
    : `run npm ci in ${join(__dirname, '../..')}, which installs it, or get it from https://nodejs.org`;
  process.stderr.write(
    `error: cachestorm needs Node ${NEEDED} or newer, and ${process.execPath} is Node ${process.versions.node}; ${mend}\n`,
  );
  process.exitCode = 2;
}
