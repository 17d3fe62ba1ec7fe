/** The contract of a load tool: how it is found, asked and understood. */
import { CachestormError } from '../failure/cachestorm-error.ts';
import type { LoadCase } from './load-case.ts';
import type { Percentiles } from './percentiles.ts';

/** A program and the arguments that always come first. */
export type Program = readonly [file: string, ...leading: string[]];

/** One way of asking a tool for a load. */
export interface ToolCommand {
  readonly args: readonly string[];
  /** Added to the environment. @default nothing */
  readonly env?: Readonly<Record<string, string>>;
  /** For its standard input. @default none */
  readonly input?: string;
  /** What the table shows as asked for, such as `1,000/s` or `10 connections`. */
  readonly asked: string;
}

/** What a tool says of its own run. */
export interface Reading {
  readonly latencyMs: Percentiles;
  /** Answers of any status, as it counted them. */
  readonly answers: number;
  /** Broken connections, timeouts and requests that it dropped, as it counted them. */
  readonly errors: number;
}

export interface Tool {
  readonly name: string;
  /** Whether it can be asked for a rate. */
  readonly holdsRate: boolean;
  /** How to get it, when it is missing. */
  readonly remedy: string;
  /** What it can't do, and where its figures mislead: one sentence or two, for the page. */
  readonly limits: string;
  /** @returns `null` when this machine does not have it */
  locate(env: NodeJS.ProcessEnv): Promise<Program | null>;
  /** Makes it tell its version. */
  readonly versionArgs: readonly string[];
  /** Its version in that output. */
  readonly version: RegExp;
  /** Exit codes other than 0 that come with figures. @default none */
  readonly exitCodes?: readonly number[];
  command(url: string, loadCase: LoadCase): ToolCommand;
  /** @throws ToolOutputError */
  read(stdout: string): Reading;
}

/** A tool printed something else than its version is known to print. */
export class ToolOutputError extends CachestormError {
  readonly code = 'E_TOOL_OUTPUT';
  readonly failure = 'infrastructure';

  constructor(tool: string, expected: string, output: string, cause?: unknown) {
    super(`${tool}: expected ${expected} in its output, got ${JSON.stringify(output.slice(0, 200))}`, {
      cause,
    });
  }
}
