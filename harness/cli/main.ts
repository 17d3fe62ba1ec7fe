#!/usr/bin/env node
import { errorCode } from './exit-codes.ts';
import { runProgram } from './program.ts';

// A reader that went away (`| head`) is no failure of ours.
process.stdout.on('error', (error) => {
  if (errorCode(error) !== 'EPIPE') throw error;
});

await runProgram(process.argv.slice(2));
