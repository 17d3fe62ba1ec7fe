import { type Scenario, variantName } from '../scenario/schema.ts';
import { UsageError } from './errors.ts';
import { didYouMean } from './nearest.ts';
import { applySettings, settingPath } from './settings.ts';

/** What the user names: a scenario by name or file, or one of its variants. */
export interface ScenarioReference {
  readonly scenario: string;
  /** `null`: the scenario itself. */
  readonly variant: string | null;
}

/** `avalanche`, `avalanche:cold`, `./mine.ts:cold`. A colon followed by a slash is part of a path. */
export function parseReference(text: string): ScenarioReference {
  const [, scenario, variant] = /^(.+):([^/\\:]*)$/.exec(text) ?? [];
  return scenario === undefined || variant === undefined
    ? { scenario: text, variant: null }
    : { scenario, variant };
}

/**
 * The scenario as one of its variants has it.
 *
 * @throws UsageError when it has none of this name, or the variant sets what does not exist
 */
export function asVariant(scenario: Scenario, name: string): Scenario {
  const variant = scenario.variants.find((candidate) => candidate.name === name);
  if (variant === undefined) {
    const names = scenario.variants.map((known) => known.name);
    const expected = names.length > 0 ? `expected one of ${names.join(', ')}` : 'it has none';
    const message = `${scenario.name} has no variant "${name}"; ${expected}.${didYouMean(name, names)}`;
    throw new UsageError([{ path: 'scenario', message }]);
  }
  const settings = Object.entries(variant.set).map(([path, value]) => ({ path: settingPath(path), value }));
  const changed = applySettings(scenario, settings, `${scenario.name}:${name}: set`);
  return {
    ...changed,
    outcome: 'outcome.givesUp' in variant.set ? changed.outcome : ofItsStrategies(changed),
    name: variantName(scenario.name, variant.name),
    title: `${scenario.title} (${variant.title})`,
    variants: [],
    // They are about the scenario, which names the variants that they need.
    claims: [],
  };
}

/** What strategies give up is inherited with them: a variant may run only some. */
function ofItsStrategies({ outcome, strategies, aliases }: Scenario): Scenario['outcome'] {
  const known = (name: string) => strategies.includes(name) || Object.hasOwn(aliases, name);
  const kept = Object.entries(outcome.givesUp).filter(([name]) => known(name));
  return { ...outcome, givesUp: Object.fromEntries(kept) };
}
