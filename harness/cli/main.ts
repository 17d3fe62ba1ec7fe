#!/usr/bin/env node
import { outliveReaders } from './output.ts';
import { runProgram } from './program.ts';

outliveReaders();
await runProgram(process.argv.slice(2));
