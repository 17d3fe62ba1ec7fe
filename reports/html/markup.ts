/**
 * Markup that escapes by default. A value placed in the `html` template is text unless it is markup already,
 * so that forgetting is safe.
 */

/** A piece of finished markup. Only this module makes them. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Piece = Markup | string | number | null | undefined | readonly Piece[];

/** `html\`<p class="${name}">${text}</p>\``: escapes for element text and for quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(
    strings.reduce((text, part, index) => text + (index === 0 ? '' : print(pieces[index - 1])) + part, ''),
  );
}

/** May be broken after every `mark`, better than in the middle of a word. */
export function breakable(text: string, mark: string): Markup {
  return html`${text.split(mark).map((part, index) => (index === 0 ? part : html`${mark}<wbr>${part}`))}`;
}

/** Markup made elsewhere and known to be safe: the charts' SVG, the page's own style sheet. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function escapeHtml(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
      // Control characters are not allowed in HTML and could carry terminal escapes into a copied command.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd')
  );
}

function print(piece: Piece): string {
  if (piece === null || piece === undefined) return '';
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'string' || typeof piece === 'number') return escapeHtml(String(piece));
  return piece.map(print).join('');
}
