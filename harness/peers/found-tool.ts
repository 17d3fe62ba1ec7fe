import { execFile } from 'node:child_process';
import type { Program, Tool } from './tool.ts';

/** A tool that this machine has. */
export interface FoundTool {
  readonly tool: Tool;
  readonly program: Program;
  /** As it says itself; `null` when it doesn't. */
  readonly version: string | null;
}

export interface FoundTools {
  readonly found: readonly FoundTool[];
  readonly missing: readonly Tool[];
}

const VERSION_WITHIN_MS = 10_000;

export async function findTools(
  tools: readonly Tool[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<FoundTools> {
  const looked = await Promise.all(
    tools.map(async (tool) => {
      const program = await tool.locate(env);
      return program === null ? null : { tool, program, version: await versionOf(tool, program) };
    }),
  );
  return {
    found: looked.filter((each) => each !== null),
    missing: tools.filter((_tool, index) => looked[index] === null),
  };
}

function versionOf(tool: Tool, [file, ...leading]: Program): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { timeout: VERSION_WITHIN_MS };
    // Whatever its exit code: wrk has none for the question.
    execFile(file, [...leading, ...tool.versionArgs], options, (_error, stdout, stderr) => {
      const version = tool.version.exec(stdout)?.[1] ?? tool.version.exec(stderr)?.[1] ?? '';
      resolve(version === '' ? null : version);
    });
  });
}
