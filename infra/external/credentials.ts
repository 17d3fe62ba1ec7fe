/** Keeps passwords out of what people read, in whatever writing they come. */

/** Shorter than this, a password can't be told from any other text. */
const SHORTEST_SECRET = 4;
/** Where the addresses of the user's servers stand. */
const ADDRESSES = ['REDIS_URL', 'MYSQL_URL', 'AMQP_URL'];
/** What our own messages give as an example. */
const EXAMPLE = 'user:password@';
/** What an address may tell, of which nobody said that it is a secret: all before its last @. */
const IN_ADDRESSES: readonly [RegExp, string][] = [
  // The path of a file has a third slash, and may have an @ of its own.
  [new RegExp(`(://)(?!/|${EXAMPLE})\\S*@`, 'g'), '$1****@'],
  [/(%3A%2F%2F)\S*?%40/gi, '$1****%40'],
  // Without a scheme; neither the digest of an image nor the confidence of a threshold.
  [/(^|[\s"'`=(])[\w.+-]+:(?!\/\/)[^\s@]+@(?!sha256:|[\d.]+%)(?=[\w[])/g, '$1****@'],
];

/** Returns the passwords in addresses, or in texts that have one in them, as they were before they were encoded. */
export function secretsIn(texts: readonly string[]): string[] {
  const secrets = texts.flatMap((text) => {
    const [, credentials = ''] = /:\/\/(.*)@/s.exec(text) ?? [];
    // Without a colon it is a user's name: root is in many a path, too.
    const [, password = ''] = /:(.*)/s.exec(credentials) ?? [];
    const inQuery = [...text.matchAll(/[?&]sentinel_password=([^&\s]*)/g)].map(([, found = '']) => found);
    return [password, ...inQuery].map(decoded);
  });
  return [...new Set(secrets)].filter(({ length }) => length >= SHORTEST_SECRET);
}

/** Returns text of somebody else's making (a driver's words, what a process wrote) without credentials. */
export function withoutCredentials(text: string, secrets: readonly string[] = []): string {
  const plain = secrets.reduce((rest, secret) => rest.replace(everyWritingOf(secret), '****'), text);
  return IN_ADDRESSES.reduce((rest, [found, instead]) => rest.replace(found, instead), plain);
}

/**
 * Returns text as people may see it: without the passwords of the environment and the command line, and without any
 * address's. Every text that quotes what came from outside passes through here on its way to a terminal or a file.
 */
export function forPeople(text: string): string {
  const addresses = ADDRESSES.map((variable) => process.env[variable] ?? '');
  return withoutCredentials(text, secretsIn([...addresses, ...process.argv]));
}

/**
 * Returns a pattern of a secret with each of its characters in any writing: as it is; after backslashes (JSON, in JSON
 * too, SQL, a shell); percent-encoded, in large and small letters and twice; as an entity of HTML.
 */
function everyWritingOf(secret: string): RegExp {
  return new RegExp([...secret].map(writingsOf).join(''), 'g');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};
const CONTROLS: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't' };

function writingsOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const inUtf8 = [...Buffer.from(character)].map((byte) => `%(?:25)*${inEitherCase(byte, 2)}`).join('');
  const inUtf16 = character.split('').map((unit) => `\\\\+u${inEitherCase(unit.charCodeAt(0), 4)}`);
  const entity = ENTITIES[character];
  const control = CONTROLS[character];
  const writings = [
    inUtf8,
    inUtf16.join(''),
    `&(?:amp;)*#(?:0*${code}|[xX]0*${inEitherCase(code, 1)});`,
    ...(entity === undefined ? [] : [`&(?:amp;)*${entity};`]),
    ...(control === undefined ? [] : [`\\\\+${control}`]),
    ...(character === ' ' ? ['\\+'] : []),
    // The end of a quotation, the sign, and the next quotation: as a shell has it.
    ...(character === "'" ? [`'\\\\+''`] : []),
  ];
  // Last: it is how some of the others begin.
  const plain = /\w/.test(character) ? character : `\\${character}`;
  return `(?:${writings.join('|')}|\\\\*${plain})`;
}

function inEitherCase(value: number, digits: number): string {
  return [...value.toString(16).padStart(digits, '0')]
    .map((digit) => (/\d/.test(digit) ? digit : `[${digit}${digit.toUpperCase()}]`))
    .join('');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
