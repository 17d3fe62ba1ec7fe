/** Plain text in columns: width as a terminal counts it, wrapping, and no control characters. */

/** Ranges that take two columns: CJK, Hangul, full-width forms, emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const COMBINING = /\p{Mn}|\p{Me}|\p{Cf}/u;

/** One line without control characters: text from a result must not steer the terminal. */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replace(/[\u202a-\u202e\u2066-\u2069]/g, '');
}

/** Columns that the text takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Pads to `width` columns on the right, or on the left when `width` is negative. */
export function pad(text: string, width: number): string {
  const space = ' '.repeat(Math.max(0, Math.abs(width) - displayWidth(text)));
  return width < 0 ? space + text : text + space;
}

/** Cuts to at most `width` columns, with an ellipsis when something was lost. */
export function shorten(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  return `${head(text, width - 1)}…`;
}

function head(text: string, width: number): string {
  let taken = '';
  let used = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width) break;
    taken += character;
  }
  return taken;
}

/** Lines of at most `width` columns, broken at spaces; a longer word is broken where the line ends. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(/ +/).filter((candidate) => candidate !== '')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = '';
    }
    while (displayWidth(word) > width) {
      const start = head(word, width);
      lines.push(start);
      word = word.slice(start.length);
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
