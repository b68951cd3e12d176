// Every way in which the door refuses: one closed list of codes, each with its status and title. A code is never reused for
// another meaning. Answers are RFC 9457 problem documents; they never carry a stack, a file name or a value that was sent.

export const problems = {
  invalid_http: { status: 400, title: 'The bytes are not an HTTP request' },
  pipelining: { status: 400, title: 'A second request came before the first was answered' },
  invalid_encoding: { status: 400, title: 'The body is not UTF-8' },
  invalid_json: { status: 400, title: 'The body is not JSON' },
  duplicate_key: { status: 400, title: 'A key is given twice in one object' },
  forbidden_key: { status: 400, title: 'A key is not allowed in any object' },
  too_deep: { status: 400, title: 'The body is nested too deeply' },
  invalid_field: { status: 400, title: 'A field is missing, unknown or wrong' },
  invalid_parameter: { status: 400, title: 'A query parameter is unknown or wrong' },
  invalid_url: { status: 400, title: 'The path is not valid' },
  unauthenticated: { status: 401, title: 'A valid API key is needed' },
  missing_scope: { status: 403, title: 'The API key may not do this' },
  foreign_origin: { status: 403, title: 'Without API keys only programs on this machine may call' },
  not_found: { status: 404, title: 'There is nothing here' },
  unknown_assessment: { status: 404, title: 'No such assessment' },
  unknown_user: { status: 404, title: 'Nothing is remembered of this user' },
  unknown_case: { status: 404, title: 'No such case' },
  unknown_campaign: { status: 404, title: 'No such campaign' },
  unknown_explanation: { status: 404, title: 'The case has no such explanation' },
  unknown_job: { status: 404, title: 'No dead job has this id' },
  cases_off: { status: 404, title: 'Cases are not kept here' },
  method_not_allowed: { status: 405, title: 'This path does not take this method' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  attempt_id_reused: { status: 409, title: 'The attempt_id was used for another attempt' },
  contradiction: { status: 409, title: 'This contradicts what is already known' },
  too_many_assets: { status: 409, title: 'Too many applications are described' },
  too_large: { status: 413, title: 'The body is too large' },
  too_many_lines: { status: 413, title: 'The batch has too many lines' },
  unsupported_media_type: { status: 415, title: 'The body has a type that is not read here' },
  time_out_of_range: { status: 422, title: 'The time is outside what this key may send' },
  too_many_streams: { status: 429, title: 'Too many streams are open' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'We failed; the request may be sent again' },
  cases_unavailable: { status: 503, title: 'Cases cannot be read or written now' },
  streams_unavailable: { status: 503, title: 'No stream can be opened now' },
  not_ready: { status: 503, title: 'Not ready to score' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof problems;
export const problemCodes = Object.keys(problems) as readonly ProblemCode[];

export const problemContentType = 'application/problem+json; charset=utf-8';

/** A refusal on its way out. An Error only because that is what Fastify carries; its stack is never captured nor shown. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly statusCode: number;
  readonly field: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: string, field: string | null = null, headers: Readonly<Record<string, string>> = noHeaders) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(detail);
    Error.stackTraceLimit = limit;
    this.code = code;
    this.statusCode = problems[code].status;
    this.field = field;
    this.headers = headers;
  }
}

const noHeaders: Readonly<Record<string, string>> = {};

/** The document, with what else the place wants to say first (the line number of a batch). */
export function problemDocument(problem: Problem, first: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const { status, title } = problems[problem.code];
  const document: Record<string, unknown> = {
    ...first,
    type: problemType(problem.code),
    title,
    status,
    code: problem.code,
    detail: problem.message,
  };
  if (problem.field !== null && problem.field !== '') document['field'] = problem.field;
  return document;
}

export function problemType(code: ProblemCode): string {
  return `urn:portcullis:problem:${code}`;
}
