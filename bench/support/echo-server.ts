// The baseline: a bare Fastify that validates the same body by the same schema and sends it back.
import Fastify from 'fastify';
import { scoreRequestSchema } from '../../src/parse/score-request.ts';

const server = Fastify({ logger: false, bodyLimit: 16_384 });
server.post('/v1/score', { schema: { body: scoreRequestSchema } }, async (request) => request.body);
const address = await server.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`echo listens on ${address}\n`);
process.on('SIGTERM', () => void server.close());
