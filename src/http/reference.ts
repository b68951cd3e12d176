// The reference page at /docs and its OpenAPI document, made from the same schemas that check the requests.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { type ProblemCode, problemCodes, problems } from './problem.ts';
import { problemSchema } from './wire.ts';

/** Response descriptions: of a status with all its codes, or of single codes where a route has only these of their status. */
export function refusals(...given: readonly (number | ProblemCode)[]): Record<number, object> {
  const described = new Map<number, ProblemCode[]>();
  for (const one of [...given, 500]) {
    const status = typeof one === 'number' ? one : problems[one].status;
    const codes = typeof one === 'number' ? problemCodes.filter((code) => problems[code].status === one) : [one];
    described.set(status, [...(described.get(status) ?? []), ...codes]);
  }
  return Object.fromEntries(
    Array.from(described, ([status, codes]) => {
      const description = codes.map((code) => `\`${code}\`: ${problems[code].title}.`).join(' ');
      return [status, { description, content: { 'application/problem+json': { schema: problemSchema } } }] as const;
    }),
  );
}

const introduction = `Scores login attempts: how risky is this one, and what should you do?

Send an attempt to \`POST /v1/score\`, do what \`verdict\` says, then report what happened to \`POST /v1/outcomes\`: that is how the service gets to know your people.

An optional field may be null, which means the same as leaving it out. Times are RFC 3339. Errors are problem documents (RFC 9457) with a \`code\` from this list:

${problemCodes.map((code: ProblemCode) => `- \`${code}\` (${problems[code].status}): ${problems[code].title}.`).join('\n')}`;

/** To be awaited before the routes are declared. */
export async function describeRoutes(app: FastifyInstance, version: string, keyed: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Portcullis', version, description: introduction, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'An API key.' },
          header: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'An API key.' },
        },
      },
      ...(keyed ? { security: [{ bearer: [] }, { header: [] }] } : {}),
    },
    transformObject: (document) => ('openapiObject' in document ? withOptionalBodies(document.openapiObject) : document.swaggerObject),
  });
}

interface Operation {
  readonly requestBody?: { required?: boolean; readonly content?: Record<string, { readonly schema?: { readonly required?: unknown } }> };
}

/** A body none of whose fields is needed may be left out; what makes the document calls every body required. */
function withOptionalBodies<Document extends { readonly paths?: object | undefined }>(document: Document): Document {
  for (const operations of Object.values(document.paths ?? {}) as Record<string, Operation>[])
    for (const { requestBody } of Object.values(operations)) {
      const schema = requestBody?.content?.['application/json']?.schema;
      if (requestBody !== undefined && schema !== undefined && schema.required === undefined) requestBody.required = false;
    }
  return document;
}

/** Nothing from elsewhere; and no upgrade to HTTPS, which would break the page where the service is reached by plain HTTP. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** No bar by which to look at other services, which the policy refuses; many codes in columns where there is room. */
const pageStyle = '.swagger-ui .topbar { display: none } .swagger-ui .info ul { columns: 26em }';

/** The page that the package makes does not say that it fits a phone, and is then shown at a third of its size. */
const pageWidth =
  "const fit = document.createElement('meta'); fit.name = 'viewport'; fit.content = 'width=device-width'; document.head.append(fit);";

/** To be awaited after the routes are declared. */
export async function serveReference(app: FastifyInstance): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    transformStaticCSP: () => pagePolicy,
    theme: {
      title: 'Portcullis',
      css: [{ filename: 'portcullis.css', content: pageStyle }],
      js: [{ filename: 'portcullis.js', content: pageWidth }],
    },
    uiConfig: { docExpansion: 'list', deepLinking: true, validatorUrl: null },
  });
  let document: string | null = null;
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    document ??= JSON.stringify(app.swagger());
    return reply.header('content-type', 'application/json; charset=utf-8').send(document);
  });
}
