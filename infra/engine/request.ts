// Loaded by the guardian's own process: nothing but node: built-ins and neighbours of the same kind.
import { type RequestOptions, request } from 'node:http';

const TIMEOUT_MS = 30_000;

export interface EngineAnswer {
  readonly status: number;
  /** Parsed JSON; null when there is none. */
  readonly body: unknown;
}

/**
 * One question to a container engine over its Unix socket, without any client library: the guardian has no time to
 * load one, and `doctor` and `--infra auto` only want to know who is there.
 *
 * @param query what is not a text is sent as JSON
 * @throws Error when nobody listens, or after 30 s of silence.
 */
export function engineRequest(
  socketPath: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  query: Readonly<Record<string, unknown>> = {},
): Promise<EngineAnswer> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return ask({ socketPath, method, path: `${path}?${search}` });
}

/** As `engineRequest`, for what is made of a description. */
export function engineCreate(socketPath: string, path: string, description: unknown): Promise<EngineAnswer> {
  const headers = { 'content-type': 'application/json' };
  return ask({ socketPath, method: 'POST', path, headers }, JSON.stringify(description));
}

function ask(
  options: RequestOptions & { readonly socketPath: string },
  body?: string,
): Promise<EngineAnswer> {
  const { socketPath } = options;
  return new Promise((resolve, reject) => {
    const asked = request({ ...options, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parsed(text) }));
    });
    asked.setTimeout(TIMEOUT_MS, () =>
      asked.destroy(new Error(`the engine at ${socketPath} did not answer within ${TIMEOUT_MS / 1e3} s`)),
    );
    asked.once('error', reject);
    asked.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
