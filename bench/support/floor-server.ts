// A server that decides nothing: the bare echo, and on top of it one after the other what no service with this contract can leave out.
//
//   echo    validates the body and sends it back
//   answer  sends an answer of the size and form of a verdict with ten reasons
//   read    reads first what is known of the account, the address, its block, the network and the device
//   keep    makes the assessment and what happened durable afterwards: appended in the order of time, the latter of many logins at once
//   fold    brings what happened into the four records that are the login's own: of thousands of logins at once, in the order of their keys
import { mkdirSync } from 'node:fs';
import Fastify from 'fastify';
import { type Database, open } from 'lmdb';
import { scoreRequestSchema } from '../../src/parse/score-request.ts';
import { testRandom } from '../../test/support/ports.ts';

export const floorSteps = ['echo', 'answer', 'read', 'keep', 'fold'] as const;
export type FloorStep = (typeof floorSteps)[number];

/** Mean bytes in the service's store; bench/floor.ts counts them there and prints both. The network's is shared by many logins. */
export const floorBytes = { account: 593, host: 62, block: 64, asn: 1131, device: 84, assessment: 1445 } as const;
const recordBytes = [floorBytes.account, floorBytes.host, floorBytes.block, floorBytes.asn, floorBytes.device];
const asnKind = 3;
/** Of a login in the journal: 937 kB for 3,291 of them. */
const eventBytes = 285;
const networks = 13;
/** Logins whose events are one entry: those of 200 ms at 2,000 per second. */
const loginsPerEntry = 400;
/** Logins between two sweeps over the records. The service lets tens of thousands wait. */
const loginsPerSweep = 20_000;
const putsPerTurn = 100;
const ownKinds = recordBytes
  .keys()
  .filter((kind) => kind !== asnKind)
  .toArray();

const [, , stepName, directory, people] = process.argv;
if (import.meta.main) await serve(stepName as FloorStep, String(directory), Number(people));

async function serve(step: FloorStep, place: string, profiles: number): Promise<void> {
  const level = floorSteps.indexOf(step);
  const does = (other: FloorStep): boolean => level >= floorSteps.indexOf(other);
  const random = testRandom(1);
  const store = does('read') ? await filled(place, profiles) : null;
  const server = Fastify({ logger: false, bodyLimit: 16_384 });
  let login = 0;
  const touched: number[] = [];
  server.post('/v1/score', { schema: { body: scoreRequestSchema } }, async (request, reply) => {
    if (!does('answer')) return request.body;
    const person = Math.floor(random.uniform() * profiles);
    let known = 0;
    if (store !== null)
      for (let kind = 0; kind < recordBytes.length; kind++) known += store.getBinaryFast(keyOf(kind, person))?.length ?? 0;
    if (store !== null && does('keep')) {
      login++;
      void store.put(orderedKey(8, login), Buffer.alloc(floorBytes.assessment, login), 0);
      if (login % loginsPerEntry === 0) void store.put(orderedKey(9, login), Buffer.alloc(eventBytes * loginsPerEntry, login), 0);
      if (does('fold')) touched.push(person);
      if (touched.length === loginsPerSweep) void sweep(store, touched.splice(0));
    }
    reply.type('application/json; charset=utf-8');
    return JSON.stringify(answerOf(person, known));
  });
  const address = await server.listen({ host: '127.0.0.1', port: 0 });
  process.stdout.write(`the floor (${step}) listens on ${address}\n`);
  process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
}

type Store = Database<Uint8Array, Uint8Array>;

async function filled(place: string, profiles: number): Promise<Store> {
  mkdirSync(place, { recursive: true });
  const store = open<Uint8Array, Uint8Array>({
    path: place,
    encoding: 'binary',
    keyEncoding: 'binary',
    mapSize: 64 * 2 ** 30,
    noMemInit: true,
    noSubdir: false,
    eventTurnBatching: false,
    useVersions: true,
  });
  const written: Promise<unknown>[] = [];
  for (let person = 0; person < profiles; person++) {
    for (const [kind, bytes] of recordBytes.entries()) written.push(store.put(keyOf(kind, person), Buffer.alloc(bytes, person), 0));
    if (written.length > 5000) await Promise.all(written.splice(0));
  }
  await Promise.all(written);
  return store;
}

async function sweep(store: Store, people: readonly number[]): Promise<void> {
  const keys = people.flatMap((person) => ownKinds.map((kind) => keyOf(kind, person))).sort((a, b) => a.compare(b));
  for (const [i, key] of keys.entries()) {
    if (i > 0 && key.equals(keys[i - 1] as Buffer)) continue;
    if (i % putsPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
    // Read to be changed.
    const before = store.getBinaryFast(key)?.length ?? 0;
    void store.put(key, Buffer.alloc(before, i), 0);
  }
}

function orderedKey(kind: number, number: number): Buffer {
  const key = Buffer.alloc(20);
  key[0] = kind;
  key.writeUInt32BE(number, 1);
  return key;
}

/** Spread over the file as pseudonyms are. */
function keyOf(kind: number, number: number): Buffer {
  const key = Buffer.allocUnsafe(20);
  key[0] = kind;
  const own = kind === asnKind ? number % networks : number;
  for (let i = 0; i < 4; i++) key.writeUInt32BE(Math.imul(own + 1, 0x9e3779b1 + i * 0x85ebca6b) >>> 0, 1 + i * 4);
  key.writeUInt16BE(own & 0xffff, 17);
  key[19] = kind;
  return key;
}

const names = [
  'good_logins',
  'asn',
  'organisation',
  'country',
  'first_used_days_ago',
  'hours',
  'known_to_account',
  'probability',
  'same_device',
];

/** As long as the service's (about three kilobytes): ten reasons with nine pieces of evidence each, made anew for every login. */
function answerOf(person: number, known: number): object {
  const reasons: object[] = [];
  for (let reason = 0; reason < 10; reason++) {
    const evidence: Record<string, unknown> = {};
    for (const [i, name] of names.entries())
      evidence[name] =
        i === 2 ? 'Deutsche Telekom AG' : i === 3 ? 'DE' : i === 6 ? true : i === 7 ? known / (person + reason + 3) : person % (i + 7);
    reasons.push({ code: 'KNOWN_NETWORK_OR_OTHER', contribution: -3.189451913407173 / (reason + 1), evidence });
  }
  return {
    assessment_id: `-P73QaWtSfiJ57731f${person}`,
    attempt_id: `-P73QaWPTIH5_bulR${person}`,
    verdict: 'allow',
    score: 1 / (person + 3),
    level: 'low',
    log_odds: -17.03987549513672,
    base_log_odds: -8.779079160204683,
    reasons,
    other_contributions: -0.5359866795967152,
    degraded: false,
    missing: [{ signal: 'history.hour', cause: 'no_history' }],
    decided_by: 'model',
    policy_rule: null,
    versions: {
      model: 'login-risk',
      features: 'sha256:fce2feb0ba105cdea4579c1ae7802195f0e327d2870a43296638899e80adea4b',
      policy: '1+7b11ee95759e',
    },
    budget: { limit_ms: 50, elapsed_ms: 0.874, stages_ms: { gather: 0.232, derive: 0.245, score: 0.176, decide: 0.371 } },
    case_id: null,
  };
}
