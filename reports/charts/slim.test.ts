import { describe, expect, it } from 'vitest';
import { slim } from './slim.ts';

const slimmed = (inside: string) =>
  slim(`<svg width="9" height="9">${inside}</svg>`).replace(/^<svg[^>]*>|<\/svg>$/g, '');

describe('slim', () => {
  it('keeps the picture itself, and drops what no reader sees', () => {
    expect(
      slim(
        '<svg class="marks" viewBox="0 0 9 9"><g class="mark-group" role="x"><g transform="translate(0,0)"><path class="background" aria-hidden="true" d="M0,0h9"/><g/><text font-family="serif">a</text></g></g></svg>',
      ),
    ).toBe('<svg class="marks" viewBox="0 0 9 9"><text x="0" y="0">a</text></svg>');
  });

  it('makes lines that are alike one path, and no other', () => {
    const line = (y: number, more: string) =>
      `<line transform="translate(0,${y})" x2="20" y2="0" stroke="red" stroke-width="1"${more}/>`;
    expect(slimmed(`<g>${line(1, '')}${line(4.123, '')}</g>`)).toBe(
      '<path d="M0 1h20M0 4.1h20" stroke="red"/>',
    );
    // One over the other, both show.
    expect(slimmed(`<g>${line(1, ' opacity="0.4"')}${line(1, ' opacity="0.4"')}</g>`)).toBe(
      '<g stroke="red" stroke-opacity="0.4"><path d="M0 1h20"/><path d="M0 1h20"/></g>',
    );
    expect(slimmed(`<g>${line(1, ' stroke-dasharray="2,2"')}${line(1, '')}</g>`)).toBe(
      '<g stroke="red"><path d="M0 1h20" stroke-dasharray="2,2"/><path d="M0 1h20"/></g>',
    );
  });

  it('never makes areas one path: where they overlap there might be a hole', () => {
    expect(slimmed('<g><path d="M0,0h9v9Z" fill="red"/><path d="M0,0v9h9Z" fill="red"/></g>')).toBe(
      '<g fill="red"><path d="M0 0h9v9z"/><path d="M0 0v9h9z"/></g>',
    );
  });

  it('says on a group what all of its marks share, and only what they inherit', () => {
    const mark = (x: number, width: string) =>
      `<path transform="translate(${x},5)" d="M2,0A2,2,0,1,1,-2,0A2,2,0,1,1,2,0" fill="red" stroke="blue" stroke-width="${width}" opacity="0.5"/>`;
    expect(slimmed(`<g>${mark(1, '2')}${mark(3, '3')}</g>`)).toBe(
      '<g fill="red" stroke="blue"><circle cx="1" cy="5" r="2" stroke-width="2" opacity="0.5"/><circle cx="3" cy="5" r="2" stroke-width="3" opacity="0.5"/></g>',
    );
  });

  it('joins a group with its only child, unless both are moved', () => {
    const path = '<path d="M0,0h1" fill="red"/><path d="M0,0h2" fill="red"/>';
    const group = (transform: string) => `<g transform="translate(3,4)"><g${transform}>${path}</g></g>`;
    expect(slimmed(group(''))).toMatch(/^<g transform="translate\(3,4\)" fill="red"><path d="M0 0h1"\/>/);
    expect(slimmed(group(' transform="translate(1,1)"'))).toMatch(
      /^<g transform="translate\(3,4\)"><g transform="translate\(1,1\)" fill="red">/,
    );
  });

  it('leaves text as it is, and what is turned where it is', () => {
    const text = '<text transform="translate(1,2) rotate(90)" fill="red">a &lt;g&gt; $&amp; 0.12345</text>';
    expect(slimmed(`<g>${text}</g>`)).toBe(text);
  });
});
