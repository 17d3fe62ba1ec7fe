/** Words of the glossary in running text get a tooltip, each once per text. */
import { findTerm, GLOSSARY } from '../model/glossary.ts';
import { html, type Markup } from './markup.ts';

/** `<abbr>` with the meaning and the Chinese term; plain text when the word isn't in the glossary. */
export function term(word: string, lookUp = word): Markup {
  const found = findTerm(lookUp);
  if (found === undefined) return html`${word}`;
  const chinese = found.chinese === undefined ? '' : ` (${found.chinese})`;
  return html`<abbr title="${found.meaning}${chinese}">${word}</abbr>`;
}

const WORDS = new RegExp(
  `\\b(${GLOSSARY.map((entry) => entry.term)
    .toSorted((a, b) => b.length - a.length)
    .join('|')})\\b`,
  'i',
);

/** The text with the first mention of each known term explained. */
export function withTerms(text: string): Markup {
  const seen = new Set<string>();
  const pieces: (Markup | string)[] = [];
  let rest = text;
  for (let match = WORDS.exec(rest); match !== null; match = WORDS.exec(rest)) {
    const [word] = match;
    const known = seen.has(word.toLowerCase());
    seen.add(word.toLowerCase());
    pieces.push(rest.slice(0, match.index), known ? word : term(word));
    rest = rest.slice(match.index + word.length);
  }
  return html`${pieces}${rest}`;
}
