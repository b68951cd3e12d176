// Makes an API key: prints it once, and prints the entry for the keys file, which holds only its digest.
//
//   npm run keys -- --id idp --tenant default --scopes score,outcome
import { createHash, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { scopes } from '../http/request/api-key.ts';

const { values } = parseArgs({
  options: { id: { type: 'string' }, tenant: { type: 'string', default: 'default' }, scopes: { type: 'string', default: 'score,outcome' } },
});
const wanted = values.scopes.split(',').map((scope) => scope.trim());
const unknown = wanted.filter((scope) => !(scopes as readonly string[]).includes(scope));

if (values.id === undefined || !/^[\w.-]{1,64}$/.test(values.id))
  fail('--id names the key in logs: 1 to 64 letters, digits, ".", "_" or "-".');
if (!/^[\w.-]{1,64}$/.test(values.tenant)) fail('--tenant must be 1 to 64 letters, digits, ".", "_" or "-".');
if (unknown.length > 0) fail(`--scopes knows ${scopes.join(', ')}; not ${unknown.join(', ')}.`);

const key = `pc_${randomBytes(32).toString('base64url')}`;
const entry = { id: values.id, sha256: createHash('sha256').update(key).digest('hex'), tenant: values.tenant, scopes: wanted };
process.stderr.write('The key, shown this once. Send it as "authorization: Bearer ...":\n');
process.stdout.write(`${key}\n`);
process.stderr.write(`\nIts entry for the "keys" list of the file that PORTCULLIS_KEYS_FILE names:\n`);
process.stderr.write(`  - ${JSON.stringify(entry)}\n`);

function fail(message: string): never {
  process.stderr.write(`keys: ${message}\n`);
  process.exit(1);
}
