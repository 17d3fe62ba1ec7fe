/**
 * The SVG that Vega prints, in less than half the bytes and the same on the screen: a page may hold hundreds of charts.
 * Empty paths and hooks for scripts go; what all marks of a group share stands on the group; lines become one path.
 */
import { compactPath } from './path-data.ts';

interface Element {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: (Element | string)[];
}

const EMPTY_PATHS = /<path class="(?:background|foreground)"[^>]*\/>/g;
/** What no reader sees; a font on every label is set by the page's CSS. */
const NOISE = /^(?:class|role|aria-[a-z]+|pointer-events|font-family)$/;
/** As they are where nothing is said, in a tree in which no group says otherwise. */
const DEFAULTS: Readonly<Record<string, string>> = {
  opacity: '1',
  'stroke-width': '1',
  'text-anchor': 'start',
  transform: 'translate(0,0)',
};
/** Of these a group's value is its children's. Not opacity: a group is made see-through as a whole, marks each. */
const INHERITED = new Set([
  ...['fill', 'fill-opacity', 'stroke', 'stroke-opacity', 'stroke-width', 'stroke-dasharray'],
  ...['stroke-linecap', 'stroke-linejoin', 'font-size', 'font-weight', 'text-anchor'],
]);
const TRANSLATED = /^translate\((-?[\d.]+),(-?[\d.]+)\)$/;

/** @param svg well-formed, with all text escaped, so that a name can't be mistaken for markup */
export function slim(svg: string): string {
  const [opening = ''] = /^<svg[^>]*>/.exec(svg) ?? [];
  const { children } = parse(svg.replace(EMPTY_PATHS, ''));
  const inside = children.flatMap((child) => (typeof child === 'string' ? [] : child.children));
  return `${opening}${inside.flatMap(simplified).map(print).join('')}</svg>`;
}

function parse(svg: string): Element {
  const root: Element = { name: '', attributes: new Map(), children: [] };
  const open = [root];
  for (const [token] of svg.matchAll(/<[^>]+>|[^<]+/g)) {
    if (!token.startsWith('<')) open.at(-1)?.children.push(token);
    else if (token.startsWith('</')) open.pop();
    else {
      const attributes = new Map(
        [...token.matchAll(/ ([\w:-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
      );
      const element = { name: /^<([\w:-]+)/.exec(token)?.[1] ?? '', attributes, children: [] };
      open.at(-1)?.children.push(element);
      if (!token.endsWith('/>')) open.push(element);
    }
  }
  return root;
}

function print(node: Element | string): string {
  if (typeof node === 'string') return node;
  const { name, attributes, children } = node;
  const tag = `<${name}${[...attributes].map(([key, value]) => ` ${key}="${value}"`).join('')}`;
  return children.length === 0 ? `${tag}/>` : `${tag}>${children.map(print).join('')}</${name}>`;
}

/** None where nothing is left to draw; several where a group says nothing of its own. */
function simplified(node: Element | string): (Element | string)[] {
  if (typeof node === 'string') return [node];
  const { name } = node;
  const attributes = new Map(
    [...node.attributes]
      .filter(([key, value]) => !NOISE.test(key) && DEFAULTS[key] !== value)
      .map(([key, value]) => [key, rounded(value)]),
  );
  const children = node.children.flatMap(simplified);
  if (name !== 'g') return [placed({ name, attributes, children })];
  if (children.length === 0) return [];
  const group = onlyChild(shared({ name, attributes, children: merged(children) }));
  return group.attributes.size === 0 ? group.children : [group];
}

/** Nobody sees a hundredth of a pixel. */
function rounded(value: string): string {
  return value.replace(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))));
}

const CIRCLE = /^M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0$/;

/** A line as a path, and both where they are without a transform; the place of a text as its own; a circle as such. */
function placed(element: Element): Element {
  const { name, attributes, children } = element;
  const { transform, x2 = '0', y2 = '0', d, ...rest } = Object.fromEntries(attributes);
  const [, x = '0', y = '0'] = TRANSLATED.exec(transform ?? 'translate(0,0)') ?? [];
  if (transform !== undefined && !TRANSLATED.test(transform)) return element;
  if (name === 'text') return { name, attributes: new Map(Object.entries({ x, y, ...rest })), children };
  const [, r] = CIRCLE.exec(d ?? '') ?? [];
  if (r !== undefined) {
    return {
      name: 'circle',
      attributes: new Map(Object.entries({ cx: x, cy: y, r, ...painted(rest) })),
      children,
    };
  }
  const data = name === 'line' ? `M0,0L${x2},${y2}` : d;
  const short = data === undefined ? null : compactPath(data, [Number(x), Number(y)]);
  if (short === null) return element;
  return { name: 'path', attributes: new Map(Object.entries({ d: short, ...painted(rest) })), children };
}

/** Of what has one paint, its opacity is the mark's, and a group can say it for all of them. */
function painted({ opacity, ...rest }: Record<string, string>): Record<string, string> {
  if (opacity === undefined) return rest;
  const [paint, other] = ['fill', 'stroke'].filter((key) => rest[key] !== undefined && rest[key] !== 'none');
  const alone = paint !== undefined && other === undefined && rest[`${paint}-opacity`] === undefined;
  return { ...rest, [alone ? `${paint}-opacity` : 'opacity']: opacity };
}

/** Neighbours that are strokes alone, all alike and opaque, as one path. */
function merged(children: readonly (Element | string)[]): (Element | string)[] {
  const kept: (Element | string)[] = [];
  for (const child of children) {
    const last = kept.at(-1);
    if (typeof child !== 'string' && last !== undefined && typeof last !== 'string' && alike(last, child)) {
      last.attributes.set('d', `${last.attributes.get('d')}${child.attributes.get('d')}`);
    } else kept.push(child);
  }
  return kept;
}

function alike(one: Element, other: Element): boolean {
  const [a, b] = [one, other].map(({ name, attributes }) =>
    JSON.stringify([name, ...[...attributes].filter(([key]) => key !== 'd')]),
  );
  const keys = [...one.attributes.keys()];
  return (
    a === b && one.name === 'path' && keys.every((key) => key === 'd' || /^stroke(?!-opacity)/.test(key))
  );
}

/** What all marks of a group have in common is said once. */
function shared(group: Element): Element {
  const marks = group.children.filter((child) => typeof child !== 'string');
  const [first, ...others] = marks;
  if (first === undefined || others.length === 0 || marks.some(({ name }) => name === 'g')) return group;
  for (const [key, value] of [...first.attributes]) {
    if (!INHERITED.has(key) || group.attributes.has(key)) continue;
    if (others.some(({ attributes }) => attributes.get(key) !== value)) continue;
    group.attributes.set(key, value);
    for (const { attributes } of marks) attributes.delete(key);
  }
  return group;
}

/** A group in a group, where they speak of different things. */
function onlyChild(group: Element): Element {
  const [child, ...others] = group.children;
  if (child === undefined || others.length > 0 || typeof child === 'string' || child.name !== 'g')
    return group;
  if ([...child.attributes.keys()].some((key) => group.attributes.has(key))) return group;
  return { ...child, attributes: new Map([...group.attributes, ...child.attributes]) };
}
