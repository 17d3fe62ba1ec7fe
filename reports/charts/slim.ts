import { type Config, optimize } from 'svgo';

/** Nobody sees less: places to a tenth of a pixel, other numbers to a hundredth. */
const PLACES = { floatPrecision: 1 };
const NUMBERS = { floatPrecision: 2 };

const CONFIG: Config = {
  plugins: [
    // Hooks for scripts, and what the page says of the drawing as a whole; its CSS sets the font.
    {
      name: 'removeAttrs',
      params: { attrs: ['class', 'role', 'aria-.*', 'pointer-events', 'font-family'] },
    },
    // Before the others: lines that are alike become one path.
    'convertShapeToPath',
    {
      name: 'preset-default',
      params: {
        overrides: {
          convertPathData: PLACES,
          convertTransform: PLACES,
          cleanupNumericValues: NUMBERS,
          // Ids are Vega's, counted anew for each drawing; the page may speak of them.
          cleanupIds: false,
          // Vega writes no CSS: nothing but time is saved.
          inlineStyles: false,
          minifyStyles: false,
          mergeStyles: false,
          // Where marks are see-through, two that lie over each other are not one.
          mergePaths: false,
        },
      },
    },
  ],
};

/** The SVG that Vega prints, in a third of the bytes and the same on the screen: a page may hold hundreds of charts. */
export function slim(svg: string): string {
  return optimize(svg, CONFIG).data;
}
