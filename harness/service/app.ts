import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ReadRequest, ReadResult, ReadStrategy } from '../../scenarios/strategies/strategy.ts';
import type { WriteStrategy } from '../../scenarios/strategies/write-strategy.ts';

export interface AppParts {
  readonly reader: ReadStrategy;
  readonly writer: WriteStrategy;
  readonly wallMs: () => number;
}

interface ItemRoute {
  Params: { id: string };
}

/**
 * The HTTP contract: `GET /items/:id` -> 200 or 404, 503 or 429 when it is refused; `PUT /items/:id` -> 200 with
 * the new version, or none where the database is to have the write only later; `GET /health`. Answers carry `x-cache`, `x-age-ms`, and `x-version`
 * where it is known.
 */
export function buildApp({ reader, writer, wallMs }: AppParts): FastifyInstance {
  const app = Fastify({
    logger: false,
    forceCloseConnections: true,
    // Longer than any storm: a connection closed while idle would race with a request on its way.
    keepAliveTimeout: 3_600_000,
    bodyLimit: 1_048_576,
  });
  app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  app.get<ItemRoute>('/items/:id', async (request, reply) => {
    const { item, outcome, refusal } = await reader.get(request.params.id, readRequest(request, reply));
    reply.header('x-cache', outcome);
    if (outcome === 'shed') return refuse(reply, refusal ?? 'overload');
    if (item === null) return reply.code(404).send({ error: 'E_NOT_FOUND', id: request.params.id });
    if (item.version > 0) reply.header('x-version', item.version);
    reply.header('x-age-ms', Math.max(0, wallMs() - item.loadedAtMs));
    return reply.send({ id: item.id, value: item.value, version: item.version });
  });

  app.put<ItemRoute & { Body: string | { value: string } }>('/items/:id', async (request, reply) => {
    const value = typeof request.body === 'string' ? request.body : request.body?.value;
    if (typeof value !== 'string') {
      return reply
        .code(400)
        .send({ error: 'E_BAD_VALUE', expected: 'text/plain, or JSON {"value": string}', got: typeof value });
    }
    const { id } = request.params;
    const version = await writer.put(id, value);
    await reader.written?.(id);
    if (version !== null) reply.header('x-version', version);
    return reply.send({ id, version });
  });

  app.get('/health', async () => ({ status: 'ok' }));

  app.setErrorHandler((error, _request, reply) => {
    const code =
      typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'E_INTERNAL';
    const status =
      typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;
    const message = error instanceof Error ? error.message : String(error);
    return reply.code(status).send({ error: code, message });
  });
  return app;
}

function refuse(reply: FastifyReply, refusal: NonNullable<ReadResult['refusal']>): FastifyReply {
  return refusal === 'client-limit'
    ? reply.code(429).send({ error: 'E_CLIENT_LIMIT' })
    : reply.code(503).send({ error: 'E_OVERLOAD' });
}

/** The signal is made when it is asked for: most strategies never do, and a controller a request costs. */
function readRequest(request: FastifyRequest, { raw }: FastifyReply): ReadRequest {
  const named = request.headers['x-client-id'];
  let hungUp: AbortController | undefined;
  return {
    client: typeof named === 'string' ? named : request.ip,
    get signal() {
      if (hungUp === undefined) {
        const controller = new AbortController();
        hungUp = controller;
        // After the answer too, which does no harm: nobody listens by then.
        if (raw.destroyed) controller.abort();
        else raw.once('close', () => controller.abort());
      }
      return hungUp.signal;
    },
  };
}
