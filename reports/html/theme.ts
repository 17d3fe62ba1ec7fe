/** Colours of the page, light and dark, as CSS variables. The charts use the same ones. */
import { type SeriesColours, seriesClasses, seriesVariables } from '../charts/palette.ts';

export const PAGE = {
  light: {
    bg: '#ffffff',
    fg: '#17191c',
    muted: '#5b626c',
    hairline: '#e3e5e8',
    accent: '#0b5f9e',
    pass: '#00704f',
    fail: '#b03a00',
    inconclusive: '#7d5a00',
  },
  dark: {
    bg: '#14161a',
    fg: '#e9ebee',
    muted: '#a0a8b3',
    hairline: '#2d3138',
    accent: '#6fb7ee',
    pass: '#35c898',
    fail: '#ff8f57',
    inconclusive: '#e5b04a',
  },
} as const;

/** Variables for both schemes. Print is always light: ink is dear and paper white. */
export function themeCss(colours: SeriesColours): string {
  const light = `${variables('light')}`;
  return [
    `:root{color-scheme:light dark;${light}}`,
    `@media screen and (prefers-color-scheme:dark){:root{${variables('dark')}}}`,
    seriesClasses(colours),
  ].join('\n');
}

function variables(scheme: 'light' | 'dark'): string {
  const page = Object.entries(PAGE[scheme]).map(([name, value]) => `--${name}:${value};`);
  return page.join('') + seriesVariables(scheme);
}
