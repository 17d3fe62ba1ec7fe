import { describe, expect, it } from 'vitest';
import { slim } from './slim.ts';

const slimmed = (inside: string) =>
  slim(`<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90">${inside}</svg>`).replace(
    /^<svg[^>]*>|<\/svg>$/g,
    '',
  );

describe('slim', () => {
  it('keeps the picture itself, and drops what no reader sees', () => {
    const [opening] = slim(
      '<svg class="marks" xmlns="http://www.w3.org/2000/svg" width="9" height="8" viewBox="0 0 9 8"><text>a</text></svg>',
    ).split('<text');
    expect(opening).toBe('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="8" viewBox="0 0 9 8">');
    expect(
      slimmed(
        '<g class="mark-group" role="x"><g transform="translate(0,0)"><path class="background" aria-hidden="true" d=""/><g/><text font-family="serif" x="1">a</text></g></g>',
      ),
    ).toBe('<text x="1">a</text>');
  });

  it('keeps each mark: one over the other, both show', () => {
    const line = '<line x2="20" y2="0" stroke="red" opacity="0.4"/>';
    const area = (d: string) => `<path d="${d}" fill="red"/>`;
    const slim = slimmed(`<g>${line}${line}</g><g>${area('M0,0h9v9Z')}${area('M0,0v9h9Z')}</g>`);
    expect(slim.match(/<path/g)).toHaveLength(4);
  });

  it('leaves colours that the page sets, and text, as they are', () => {
    const text = '<text fill="var(--ink)" transform="rotate(90 1 2)">a &lt;g&gt; $&amp; 0.12345</text>';
    expect(slimmed(`<g>${text}</g>`)).toBe(text);
  });
});
