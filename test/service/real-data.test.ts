// Logs that this project did not write, through their mapping files and the whole service: an OpenSSH log with brute force
// from many sources beside people at work, and rows of the data set of the risk-based authentication literature.
//
// The data is used in place and is not part of the project: PORTCULLIS_TEST_DATA names its directory.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import type { Assessment } from '../../src/domain/assessment.ts';
import { catchUp } from '../../src/tool/import/catch-up.ts';
import { checkpointIn, type Progress } from '../../src/tool/import/checkpoint.ts';
import { parseMapping } from '../../src/tool/import/mapping.ts';
import { readRecords } from '../../src/tool/import/read-records.ts';
import { runImport } from '../../src/tool/import/run-import.ts';
import { startTestService, type TestService, withoutCases } from '../support/service.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const data = process.env['PORTCULLIS_TEST_DATA'] ?? join(root, '..', 'shared', 'data');
const opensshLog = join(data, 'elastic_sshd_auth.log.gz');
const rbaRows = join(data, 'rba_slice_19rows_intact.csv');
const skip = [opensshLog, rbaRows].every((file) => existsSync(file)) ? false : 'the real data is not here: see PORTCULLIS_TEST_DATA';

interface Scored {
  readonly user: string;
  readonly ip: string;
  readonly failed: boolean;
  readonly signedIn: boolean;
  readonly assessment: Assessment;
}

interface Loaded {
  readonly progress: Progress;
  readonly refused: ReadonlyMap<number, string>;
  readonly scored: readonly Scored[];
}

/** The same import as from the command line, into a tenant of its own. */
async function load(service: TestService, file: string, mappingName: string): Promise<Loaded> {
  const mapping = parseMapping(readFileSync(join(root, 'examples', 'mappings', `${mappingName}.yaml`), 'utf8'));
  const refused = new Map<number, string>();
  const scored: Scored[] = [];
  const ports = { ...service.core.ports, assess: service.core.assess, catchUp: () => catchUp(service.core.stores) };
  const progress = await runImport(readRecords(file, mapping), checkpointIn(service.directory, mappingName), ports, {
    tenant: mappingName,
    name: mappingName,
    checkpointLines: 5000,
    onRefused: (line, reason) => refused.set(line, reason),
    onAssessed(result, record) {
      if (result.kind !== 'assessed') throw new Error(`${result.kind} in a first import`);
      const wire = record as { user: { id: string }; ip: string; credential?: { result?: string }; outcome?: string };
      const failed = wire.credential?.result === 'failure';
      scored.push({ user: wire.user.id, ip: wire.ip, failed, signedIn: wire.outcome === 'signed_in', assessment: result.assessment });
    },
  });
  return { progress, refused, scored };
}

const flagged = (each: Scored): boolean => each.assessment.verdict !== 'allow';
const say = (each: Scored): string =>
  `${each.user} from ${each.ip}: ${each.assessment.score.toFixed(4)} ${each.assessment.reasons.map((reason) => reason.code).join(' ')}`;

t.test('an OpenSSH log of people at work and of brute force', { skip }, async (t) => {
  const service = await startTestService(withoutCases);
  t.teardown(() => service.end());
  const { progress, refused, scored } = await load(service, opensshLog, 'openssh');
  const lines = gunzipSync(readFileSync(opensshLog)).toString('utf8').split('\n');
  const ofSource = new Map<string, Scored[]>();
  for (const each of scored) ofSource.set(each.ip, [...(ofSource.get(each.ip) ?? []), each]);

  await t.test('every line is accounted for: loaded, refused or not about logins', async (t) => {
    t.match(progress, { lines: 7121, refused: 43, unmatched: 6178, assessed: 1225 });
    t.equal(scored.length, progress.assessed, 'repeated lines count as often as they say');
  });

  await t.test('a line without an account is refused with its number and the reason', async (t) => {
    const nameless = lines.flatMap((line, i) => (/Failed \S+ for invalid user {2}from/.test(line) ? [i + 1] : []));
    t.equal(nameless.length, 43);
    t.same([...refused.keys()], nameless);
    t.same([...new Set(refused.values())], ['user.id is missing: the line names no account']);
  });

  await t.test('sources with a few failures are left alone, as people are who mistype', async (t) => {
    const few = [...ofSource.values()].filter((each) => each.length < 10 && each.every((attempt) => attempt.failed));
    t.ok(few.length > 80 && few.filter((each) => each.some(flagged)).length <= 3, `of ${few.length}`);
  });

  await t.test('of the people who really signed in, at most one in a hundred was asked for more, and none was turned away', async (t) => {
    const people = scored.filter((each) => each.signedIn);
    t.equal(people.length, 226);
    const asked = people.filter(flagged);
    t.ok(asked.length <= 2, `flagged:\n${asked.map(say).join('\n')}`);
    t.same(people.filter((each) => each.assessment.verdict === 'deny').map(say), []);
  });

  const brute = (least: number): Scored[][] =>
    [...ofSource.values()].filter((each) => each.length >= least && each.every((attempt) => attempt.failed));

  await t.test('every source with fifteen failures or more from which nobody ever signed in was flagged, for its failures', async (t) => {
    t.equal(brute(15).length, 5);
    for (const attempts of brute(15)) {
      const caught = attempts.filter(flagged);
      t.ok(caught.length > 0, `flagged ${caught.length} of ${attempts.length}; the last was ${say(attempts.at(-1) as Scored)}`);
      const codes = caught.flatMap((each) =>
        each.assessment.reasons.filter((reason) => reason.contribution > 0).map((reason) => reason.code),
      );
      t.ok(
        codes.some((code) => /FAILURES|TRIED|SPRAY/.test(code)),
        `reasons ${[...new Set(codes)].join(' ')}`,
      );
    }
    const quiet = brute(10).filter((attempts) => !attempts.some(flagged));
    t.same(
      quiet.map((attempts) => say(attempts.at(-1) as Scored)),
      [],
      'so is every one with ten or more',
    );
  });

  // 147 failures in seven minutes on one account, from the network it always used, and then the right password.
  await t.test('an account that is guessed from its own network is flagged before the guess succeeds', async (t) => {
    const attempts = scored.filter((each) => each.ip === '24.151.103.17' && each.user === 'elastic_user_0');
    const begin = attempts.findIndex((_, i) => attempts.slice(i, i + 50).every((each) => each.failed));
    const failures = attempts.slice(begin, begin + attempts.slice(begin).findIndex((each) => !each.failed));
    t.equal(failures.length, 147);
    // Twenty put it at 0.97: the network is the account's and its colleagues', and there is no device to tell another hand by.
    t.ok(failures.slice(60).every(flagged), say(failures.at(-1) as Scored));
    t.ok(flagged(attempts[begin + failures.length] as Scored), 'and so is the guess');
  });
});

t.test('rows of the risk-based authentication data set go through the same door', { skip }, async (t) => {
  const service = await startTestService(withoutCases);
  t.teardown(() => service.end());
  const { progress, refused, scored } = await load(service, rbaRows, 'rba-dataset');
  t.equal(refused.size, 0);
  t.match(progress, { assessed: 19, refused: 0, unmatched: 0 });
  t.equal(scored.filter((each) => each.failed).length, 12);
  t.equal(scored.filter((each) => each.signedIn).length, 7);
  t.same(scored.filter((each) => each.signedIn && flagged(each)).map(say), [], 'nobody who signed in was asked for more');
  t.ok(scored.every((each) => each.assessment.decidedBy === 'model' && !each.assessment.degraded));
  const again = await load(service, rbaRows, 'rba-dataset');
  t.same([again.progress.assessed, again.scored.length], [19, 0], 'a second import goes on where the first ended');
});
