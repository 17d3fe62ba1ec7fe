import { finish, watchEnding, written } from './ending.ts';
import { endWithStarters } from './interrupts.ts';
import { outliveReaders } from './output.ts';

outliveReaders();
watchEnding();
endWithStarters();
// Loaded now: that takes longer than all else here, and who started this may end meanwhile.
const { runProgram } = await import('./program.ts');
await runProgram(process.argv.slice(2));
const exitCode = Number(process.exitCode);
await written(process.stdout, process.stderr);
finish(exitCode);
