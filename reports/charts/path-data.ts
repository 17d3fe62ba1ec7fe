/**
 * Path data in few bytes: relative, to a tenth of a pixel, without what a reader of SVG can tell by itself. Rounded are
 * the places, not the steps, so that errors don't add up.
 */

/** Steps per pixel. */
const SCALE = 10;
const COMMAND = /([MLHVhvlZ])([^a-zA-Z]*)/g;
/** Each part begins at a place of its own. Curves, and whatever else is not written here, stay as they are. */
const KNOWN = /^(?:M[-\d., ]*(?:[LHVhvl][-\d., ]*)*Z?)*$/;

/** Path data of lines, moved by an offset; `null` where there is anything else in it. */
export function compactPath(data: string, [dx, dy]: readonly [number, number] = [0, 0]): string | null {
  if (!KNOWN.test(data)) return null;
  const written = new Steps();
  let [x, y] = [0, 0];
  for (const [, command = '', text = ''] of data.matchAll(COMMAND)) {
    const numbers = (text.match(/-?[\d.]+/g) ?? []).map(Number);
    if (command === 'Z') {
      written.close();
      continue;
    }
    const vertical = command === 'V' || command === 'v';
    const pairs = 'HhVv'.includes(command)
      ? numbers.map((number): [number, number] => (vertical ? [0, number] : [number, 0]))
      : Array.from({ length: numbers.length / 2 }, (_, at): [number, number] => [
          numbers[2 * at] ?? 0,
          numbers[2 * at + 1] ?? 0,
        ]);
    for (const [index, [toX, toY]] of pairs.entries()) {
      if (command === 'H') x = toX;
      else if (command === 'V') y = toY;
      else if (command === 'M' || command === 'L') [x, y] = [toX, toY];
      else [x, y] = [x + toX, y + toY];
      if (command === 'M' && index === 0) written.move(x + dx, y + dy);
      else written.line(x + dx, y + dy);
    }
  }
  return written.text();
}

/** Rounded places, written as steps from one to the next. */
class Steps {
  readonly #parts: string[] = [];
  #x = 0;
  #y = 0;
  /** Of the step that was not written yet: one in the same direction makes it longer. */
  #stepX = 0;
  #stepY = 0;
  #command = '';
  /** From its place to itself and no further: round ends make a dot of it. */
  #dot = false;

  move(x: number, y: number): void {
    this.#flush();
    [this.#x, this.#y] = [Math.round(x * SCALE), Math.round(y * SCALE)];
    this.#write('M', [this.#x, this.#y]);
    this.#command = 'M';
  }

  line(x: number, y: number): void {
    const [toX, toY] = [Math.round(x * SCALE), Math.round(y * SCALE)];
    const [stepX, stepY] = [toX - this.#x, toY - this.#y];
    const begins = this.#command === 'M' && this.#stepX === 0 && this.#stepY === 0;
    this.#dot = begins && stepX === 0 && stepY === 0;
    if (stepX === 0 && stepY === 0) return;
    const goesOn =
      (stepY === 0 && this.#stepY === 0 && stepX * this.#stepX > 0) ||
      (stepX === 0 && this.#stepX === 0 && stepY * this.#stepY > 0);
    if (!goesOn) this.#flush();
    this.#stepX += stepX;
    this.#stepY += stepY;
    [this.#x, this.#y] = [toX, toY];
  }

  close(): void {
    this.#flush();
    this.#parts.push('z');
    this.#command = 'z';
  }

  text(): string {
    this.#flush();
    return this.#parts.join('');
  }

  #flush(): void {
    const [stepX, stepY] = [this.#stepX, this.#stepY];
    if (this.#dot) this.#write('h', [0]);
    this.#dot = false;
    if (stepX === 0 && stepY === 0) return;
    [this.#stepX, this.#stepY] = [0, 0];
    if (stepY === 0) this.#write('h', [stepX]);
    else if (stepX === 0) this.#write('v', [stepY]);
    else this.#write('l', [stepX, stepY]);
  }

  #write(command: string, numbers: readonly number[]): void {
    const again = command === this.#command && command !== 'M';
    const words = numbers.map((number) => String(number / SCALE).replace(/^(-?)0\./, '$1.'));
    const text = words.reduce((all, word) => (word.startsWith('-') ? `${all}${word}` : `${all} ${word}`));
    const first = words[0] ?? '';
    this.#parts.push(again ? (first.startsWith('-') ? text : ` ${text}`) : `${command}${text}`);
    this.#command = command;
  }
}
