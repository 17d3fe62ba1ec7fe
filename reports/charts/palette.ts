/**
 * One strategy, one colour, on the whole page. Okabe and Ito's set ("Color Universal Design", 2008), each
 * hue shifted just far enough to keep a contrast of 3:1 on both the light and the dark page.
 */
import type { Result } from '../../harness/result/schema.ts';

export interface SeriesColour {
  /** For HTML: sets `--series`. */
  readonly className: string;
  /** For SVG attributes, e.g. `var(--s1)`. */
  readonly css: string;
}

export type SeriesColours = ReadonlyMap<string, SeriesColour>;

/** Blue, vermillion, bluish green, reddish purple, orange, sky blue, yellow; in this order. */
export const SERIES = {
  light: ['#0072b2', '#d04f00', '#008a64', '#b5568c', '#b07400', '#2f8fc7', '#857900'],
  dark: ['#3f9fdd', '#f07a3c', '#1fbd90', '#e094be', '#e69f00', '#8accf5', '#f0e442'],
} as const;

/** The baseline, and strategies beyond the seventh of a scenario. */
export const GREYS = {
  light: { base: '#6b7280', rest: '#878e99' },
  dark: { base: '#a3abb6', rest: '#737c88' },
} as const;

const BASELINE: SeriesColour = { className: 'c-base', css: 'var(--s-base)' };

/**
 * Gives each strategy name the first colour that no strategy standing beside it has. Names that never share
 * a scenario may share a colour; the eighth and later of a crowd are grey until their row is opened.
 */
export function assignColours(result: Result): SeriesColours {
  const colours = new Map<string, SeriesColour>();
  const taken = new Map<string, number>();
  for (const { strategies } of result.scenarios) {
    for (const { name, baseline, aa } of strategies) if (baseline || aa) colours.set(name, BASELINE);
  }
  let rest = 0;
  for (const name of result.scenarios.flatMap((s) => s.strategies.map((strategy) => strategy.name))) {
    if (colours.has(name)) continue;
    const neighbours = result.scenarios
      .filter((scenario) => scenario.strategies.some((strategy) => strategy.name === name))
      .flatMap((scenario) => scenario.strategies.flatMap((strategy) => taken.get(strategy.name) ?? []));
    const free = SERIES.light.findIndex((_, index) => !neighbours.includes(index));
    if (free >= 0) {
      taken.set(name, free);
      colours.set(name, { className: `c${free + 1}`, css: `var(--s${free + 1})` });
    } else {
      rest += 1;
      colours.set(name, { className: `r${rest}`, css: `var(--r${rest}, var(--s-rest))` });
    }
  }
  return colours;
}

export function colourOf(colours: SeriesColours, name: string): SeriesColour {
  return colours.get(name) ?? BASELINE;
}

/** CSS declarations of the series variables for one colour scheme. */
export function seriesVariables(scheme: 'light' | 'dark'): string {
  const series = SERIES[scheme].map((hex, index) => `--s${index + 1}:${hex};`).join('');
  return `${series}--s-base:${GREYS[scheme].base};--s-rest:${GREYS[scheme].rest};`;
}

/** Classes for HTML, and the rule that a grey strategy takes the text's colour while its row is open. */
export function seriesClasses(colours: SeriesColours): string {
  return [...new Map([...colours.values()].map((colour) => [colour.className, colour])).values()]
    .map(({ className, css }) => {
      const chosen = className.startsWith('r')
        ? `body:has(details.${className}[open]){--${className}:var(--fg);}`
        : '';
      return `.${className}{--series:${css};}${chosen}`;
    })
    .join('');
}
