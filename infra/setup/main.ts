#!/usr/bin/env node
// npm run setup [-- --with chromium]: installs the servers that cachestorm starts, if they are missing.
//
// Exit codes: 0 everything is there; 2 wrong usage; 3 something is missing and was not installed;
// 130 interrupted.
import { parseArgs } from 'node:util';
import { succeeds } from './command.ts';
import { type Finding, findings } from './findings.ts';
import { InstallError, installWithApt, installWithBrew } from './install.ts';
import { DEFAULT_NEEDS, NEED_SOURCES, type Need } from './needs.ts';
import { byHandInstructions, chooseInstaller } from './plan.ts';

// A Ctrl-C reaches the installer as well; we stay until it is done to tidy up after it.
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupted = true;
  });
}

const say = (line: string) => process.stderr.write(`${line}\n`);
process.exitCode = await setUp(process.argv.slice(2));
if (interrupted) process.exitCode = 130;

async function setUp(args: readonly string[]): Promise<number> {
  const needs = neededBy(args);
  if (needs === undefined) return 2;
  const before = await findings(needs);
  const unusable = before.filter((finding) => finding.status === 'unusable');
  for (const { reason } of unusable) say(`setup: ${reason}`);
  if (unusable.length > 0) return 3;
  const missing = missingOf(before);
  if (missing.length === 0) {
    say(`setup: ${before.map(describe).join(', ')}`);
    return 0;
  }
  const choice = chooseInstaller(await thisMachine());
  if (choice.kind === 'by-hand') {
    for (const line of byHandInstructions(missing, choice.reason)) say(line);
    return 3;
  }
  say(`setup: installing what is missing (${missing.join(', ')}) with ${choice.installer}`);
  try {
    if (choice.installer === 'apt') await installWithApt(missing, choice.become, say);
    else await installWithBrew(missing, say);
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    for (const line of byHandInstructions(missing, error.message)) say(line);
    return 3;
  }
  const after = await findings(needs);
  const still = missingOf(after);
  if (still.length > 0) {
    for (const line of byHandInstructions(still, 'it was installed and is still not found')) say(line);
    return 3;
  }
  say(`setup: ${after.map(describe).join(', ')}`);
  return 0;
}

function neededBy(args: readonly string[]): Need[] | undefined {
  const optional = NEED_SOURCES.map(({ need }) => need).filter((need) => !DEFAULT_NEEDS.includes(need));
  try {
    const { values } = parseArgs({ args: [...args], options: { with: { type: 'string', multiple: true } } });
    const additional = (values.with ?? []).map((name) => {
      const need = optional.find((each) => each === name);
      if (need === undefined) throw new TypeError(`--with ${name}: expected one of ${optional.join(', ')}`);
      return need;
    });
    return [...new Set([...DEFAULT_NEEDS, ...additional])];
  } catch (error) {
    say(`setup: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function thisMachine() {
  const [aptGet, brew, passwordlessSudo] = await Promise.all([
    succeeds(['apt-get', '--version']),
    succeeds(['brew', '--version']),
    succeeds(['sudo', '-n', 'true']),
  ]);
  return { aptGet, brew, passwordlessSudo, root: process.getuid?.() === 0 };
}

function missingOf(found: readonly Finding[]): Need[] {
  return found.filter(({ status }) => status === 'missing').map(({ need }) => need);
}

function describe(finding: Finding): string {
  if (finding.status !== 'found') return `${finding.need} ${finding.status}`;
  return finding.version === undefined ? finding.product : `${finding.product} ${finding.version}`;
}
