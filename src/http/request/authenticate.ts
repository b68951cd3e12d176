// Who may call what. With API keys configured every call that reads or changes anything names one; without, only programs on
// this machine may call, and a web page open on this machine is not one of them.
//
// A page of any site can make a browser send requests to 127.0.0.1, and by pointing its own name there (DNS rebinding) even
// read the answers. Browsers always tell: the Host header then holds the foreign name, or Origin and Sec-Fetch-Site do.
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import type { Caller, Keyring, Scope } from './api-key.ts';
import { scopes } from './api-key.ts';
import { Problem } from '../problem.ts';

/** What the hooks of this folder keep with a request. Declared once, so that every request has one shape. */
export interface Admitted {
  caller: Caller | null;
  /** Monotonic time of the first touch, milliseconds. */
  startedMs: number;
  /** Bytes of the body, for the digest of a named attempt. */
  bytes: Buffer | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    admitted: Admitted;
  }
}

/** Everything is allowed to whoever is on this machine when no keys are configured. */
export const keylessCaller: Caller = { keyId: 'keyless', tenant: 'default', scopes: new Set(scopes), ratePerMinute: null };

const challenge = { 'www-authenticate': 'Bearer' };

/** The hook of one route: finds the caller and checks the scope. `keyring` null = keyless. */
export function requireScope(scope: Scope, keyring: Keyring | null): onRequestHookHandler {
  return (request, _reply, done) => {
    const refusal = admit(request, scope, keyring);
    if (refusal === null) done();
    else done(refusal);
  };
}

function admit(request: FastifyRequest, scope: Scope, keyring: Keyring | null): Problem | null {
  if (keyring === null) {
    const refusal = refuseForeign(request.headers);
    if (refusal === null) request.admitted.caller = keylessCaller;
    return refusal;
  }
  const apiKey = request.headers['x-api-key'];
  const caller = keyring(request.headers.authorization, typeof apiKey === 'string' ? apiKey : undefined);
  if (caller === null)
    return new Problem('unauthenticated', 'Send an API key as "Authorization: Bearer KEY" or "x-api-key: KEY".', null, challenge);
  request.admitted.caller = caller;
  return caller.scopes.has(scope) || caller.scopes.has('admin')
    ? null
    : new Problem('missing_scope', `The API key lacks the scope "${scope}".`);
}

const loopbackHost = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?$/i;

interface OriginHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | string[] | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
}

/** Null when the call comes from a program, or from a page that this service itself served on a loopback name. */
export function refuseForeign(headers: OriginHeaders): Problem | null {
  const host = headers.host;
  if (host === undefined || !loopbackHost.test(host)) {
    return new Problem('foreign_origin', 'Without API keys the Host header must name this machine: localhost, 127.0.0.1 or [::1].');
  }
  const site = headers['sec-fetch-site'];
  const origin = headers.origin;
  const foreign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') || (origin !== undefined && origin !== `http://${host}`);
  return foreign ? new Problem('foreign_origin', 'Web pages of other sites may not call this service.') : null;
}
