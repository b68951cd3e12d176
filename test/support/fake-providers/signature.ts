// Checks an AWS signature (version 4) of a request as the service would: made anew from the request and the secret, then compared.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { createHash, createHmac } from 'node:crypto';
import { fakeAccessKey, fakeRegion } from './script.ts';
import { type Incoming, refusal, type Refusal } from './wire.ts';

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;
/** Without these a signature would say nothing about where and when. */
const signedAtLeast = ['host', 'x-amz-date'];

export function checkSignature(incoming: Incoming): 'signature' | Refusal {
  const { method, url, headers, bytes } = incoming;
  const found = form.exec(headers['authorization'] ?? '');
  if (found === null) return refusal(403, 'Missing Authentication Token');
  const [, id, day, region, service, signed, signature] = found as unknown as string[] & { length: 7 };
  const names = (signed ?? '').split(';');
  const date = headers['x-amz-date'] ?? '';
  if (id !== fakeAccessKey.id) return refusal(403, 'The security token included in the request is invalid.');
  if (headers['x-amz-security-token'] !== fakeAccessKey.sessionToken)
    return refusal(403, 'The security token included in the request is invalid.');
  if (region !== fakeRegion || service !== 'bedrock' || !date.startsWith(day ?? '-'))
    return refusal(403, 'Credential should be scoped to a valid region.');
  if (!signedAtLeast.every((name) => names.includes(name))) return refusal(403, 'Signature does not cover host and date.');
  const canonical = [
    method,
    // Every service but S3 encodes the path once more.
    url.pathname.split('/').map(encoded).join('/'),
    [...url.searchParams]
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .sort()
      .join('&'),
    ...names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/\s+/g, ' ')}`),
    '',
    signed,
    headers['x-amz-content-sha256'] ?? sha256(bytes),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = ['aws4_request', service, region, day].reduceRight<string | Buffer>(
    (made, part) => hmac(made, part ?? ''),
    `AWS4${fakeAccessKey.secret}`,
  );
  const expected = hmac(key, toSign).toString('hex');
  return expected === signature
    ? 'signature'
    : refusal(403, 'The request signature we calculated does not match the signature you provided.');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
