/** Shorter than this, a password can't be told from any other text. */
const SHORTEST_SECRET = 4;
/** From the scheme to the last @ of an address, percent-encoded or not. */
const IN_ADDRESSES: readonly [RegExp, string][] = [
  [/(:\/\/)[^\s"'`<>]*@/g, '$1****@'],
  [/(%3A%2F%2F)[^\s"'`<>]*%40/gi, '$1****%40'],
];

/** The passwords in addresses, in each way in which they may be written. */
export function secretsIn(addresses: readonly string[]): string[] {
  const secrets = addresses.flatMap((address) => {
    const [, credentials = ''] = /^[\w+]+:\/\/(.*)@/.exec(address) ?? [];
    const password = credentials.slice(credentials.indexOf(':') + 1);
    const inQuery = [...address.matchAll(/[?&]sentinel_password=([^&]*)/g)].map(([, found = '']) => found);
    return [password, ...inQuery].flatMap((text) => [text, decoded(text), encodeURIComponent(decoded(text))]);
  });
  return [...new Set(secrets)].filter(({ length }) => length >= SHORTEST_SECRET);
}

/** Text of somebody else's making (a driver's words, what a process wrote, a command line) without credentials. */
export function withoutCredentials(text: string, secrets: readonly string[] = []): string {
  const plain = secrets.reduce((rest, secret) => rest.replaceAll(secret, '****'), text);
  return IN_ADDRESSES.reduce((rest, [found, instead]) => rest.replace(found, instead), plain);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
