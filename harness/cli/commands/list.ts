import { Command } from 'commander';
import { readStrategies, writeStrategies } from '../../../scenarios/strategies/registry.ts';
import { builtInScenarios } from '../../catalog/scenarios.ts';
import { exitCodes } from '../exit-codes.ts';

const headings = [
  ['Strategies', 'read'],
  ['Write strategies', 'write'],
] as const;

export function listCommand(): Command {
  return new Command('list')
    .description('list the scenarios and strategies that come with cachestorm')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) => {
      process.exitCode = exitCodes.held;
      const scenarios = builtInScenarios().map(
        ({ name, title, question, strategies, core, variants = [] }) => ({
          name,
          title,
          question,
          strategies,
          core: core ?? strategies,
          variants: variants.map((variant) => ({
            name: variant.name,
            title: variant.title,
            core: variant.core ?? false,
          })),
        }),
      );
      const strategies = [...readStrategies, ...writeStrategies].map((strategy) => {
        const { kind, name, idea, source, weakness, parameters } = strategy;
        return { kind, name, idea, source, weakness, parameters };
      });
      if (json) {
        process.stdout.write(`${JSON.stringify({ scenarios, strategies }, null, 2)}\n`);
        return;
      }
      const lines = ['Scenarios'];
      for (const scenario of scenarios) {
        lines.push(
          `  ${scenario.name}`,
          `    ${scenario.question}`,
          `    strategies: ${scenario.strategies.map((name) => (scenario.core.includes(name) ? `${name}*` : name)).join(', ')}`,
        );
        const variants = scenario.variants.map(
          (variant) => `${scenario.name}:${variant.name}${variant.core ? '*' : ''}`,
        );
        if (variants.length > 0) lines.push(`    variants: ${variants.join(', ')}`);
      }
      lines.push('  * core: what the smoke profile runs; --strategy all runs every one');
      for (const [title, kind] of headings) {
        lines.push('', title);
        for (const strategy of strategies.filter((candidate) => candidate.kind === kind)) {
          lines.push(`  ${strategy.name}`, `    ${strategy.idea}`);
          for (const [name, { default: value, unit, description }] of Object.entries(strategy.parameters)) {
            lines.push(`    ${name} = ${value} ${unit}: ${description}`);
          }
        }
      }
      process.stdout.write(`${lines.join('\n')}\n`);
    });
}
