// Computes stored assessments again and compares the bytes of the answers.
//
//   npm run recompute -- --id ASSESSMENT_ID [--tenant NAME]
//   npm run recompute -- --user USER_ID [--tenant NAME]
//
// Needs the model that scored them (PORTCULLIS_MODEL_DIR for an older one); the policy of each revision is kept with the data.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { recompute } from '../assess/recompute.ts';
import { openCore } from '../compose.ts';
import { createPastPolicies } from '../compose/past-policies.ts';
import { loadSettings } from '../config/load.ts';
import type { StoredAssessment } from '../domain/assessment.ts';
import { schema } from '../domain/feature/schema.ts';
import { assessmentJson } from '../http/assessment-json.ts';

const assessmentsMax = 10_000;
const { values } = parseArgs({
  options: { id: { type: 'string' }, user: { type: 'string' }, tenant: { type: 'string', default: 'default' } },
});
if ((values.id === undefined) === (values.user === undefined)) fail('name one assessment (--id) or one user (--user).');

try {
  await main();
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}

async function main(): Promise<void> {
  const settings = loadSettings(process.env, (path) => readFileSync(path, 'utf8'));
  const core = await openCore(settings, { onProblem: (sentence) => process.stderr.write(`recompute: ${sentence}\n`) });
  const { assessments, pseudonyms, scorer, policy, clock } = core.ports;
  const records =
    values.id === undefined
      ? assessments.byAccount(values.tenant, pseudonyms.of(values.tenant, 'user', values.user as string), assessmentsMax)
      : [assessments.byId(values.tenant, values.id)].filter((record) => record !== null);
  const policyOf = createPastPolicies({ dataDir: settings.dataDir, inForce: policy, clock });
  let same = 0;
  for (const record of records) {
    const line = await compare(record);
    if (line === null) same += 1;
    else process.stdout.write(`${record.assessment.assessmentId}: ${line}\n`);
  }
  process.stdout.write(`${records.length} assessments, ${same} the same to the byte\n`);
  process.exitCode = same === records.length && same > 0 ? 0 : 1;
  await core.close();

  /** Null when the answer is the same to the byte. */
  async function compare(record: StoredAssessment): Promise<string | null> {
    const inForce = policyOf(record.assessment.versions.policy);
    if (inForce === null) return `its policy ${record.assessment.versions.policy} is not kept here`;
    const again = await recompute(record, { schema, rulesRanks: scorer.manifest.rulesCalibration, scorer, policy: inForce });
    if (again.kind === 'impossible') return again.why;
    const [before, after] = [assessmentJson(record.assessment), assessmentJson(again.assessment)];
    return before === after ? null : `differs:\n  ${before}\n  ${after}`;
  }
}

function fail(message: string): never {
  process.stderr.write(`recompute: ${message}\n`);
  process.exit(1);
}
