import { finish, watchEnding, written } from './ending.ts';
import { outliveReaders } from './output.ts';
import { runProgram } from './program.ts';

outliveReaders();
watchEnding();
await runProgram(process.argv.slice(2));
const exitCode = Number(process.exitCode);
await written(process.stdout, process.stderr);
finish(exitCode);
