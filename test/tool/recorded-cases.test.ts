// The evaluation reads what the service recorded: cases, and opinions by the origin of what was read.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openCases } from '../../src/compose/open-cases.ts';
import { writeBody } from '../../src/review/explain/told/body.ts';
import { readRecordedCases } from '../../src/tool/evaluate-explanations/recorded-cases.ts';
import { explanation, opening } from '../support/cases.ts';
import { toldBody, toldFinding } from '../support/explanations.ts';
import { noonMs } from '../support/records.ts';

t.test('cases of the tenant come newest first, with the opinions on template and model apart', async (t) => {
  const directory = t.testdir();
  const cases = await openCases(directory, () => undefined);
  const made = ['a', 'b', 'c'].map((name) => ({ ...opening(name), explanation: explanation(`template-${name}`) }));
  await cases.store.open([...made, opening('other', { tenant: 'other' })]);
  await cases.store.explain('default', 'case-a', explanation('model-a', { source: 'model', final: true }));
  const opinion = { finding: null, by: 'ann', comment: '', atMs: noonMs } as const;
  await cases.store.giveFeedback('default', { ...opinion, caseId: 'case-a', version: 2, opinion: 'wrong' });
  await cases.store.giveFeedback('default', { ...opinion, caseId: 'case-b', version: 1, opinion: 'useful' });
  await cases.close();
  const read = await readRecordedCases(directory, 'default', 2);
  t.same(
    read.cases.map(({ assessment }) => assessment.assessmentId),
    ['assessment-c', 'assessment-b'],
  );
  t.same(
    [...read.feedback].sort((a, b) => a.source.localeCompare(b.source)),
    [
      { source: 'model', about: 'case', opinion: 'wrong' },
      { source: 'template', about: 'case', opinion: 'useful' },
    ],
    'of an explanation that cannot be read it is known only what kind it was',
  );
});

t.test('an opinion on a finding is on whoever told it, one on the whole on all who did', async (t) => {
  const directory = t.testdir();
  const cases = await openCases(directory, () => undefined);
  const body = toldBody({
    findings: [toldFinding('f1', { model: 'large' }), toldFinding('f2', { origin: 'template', model: null })],
    reassuring: [],
  });
  await cases.store.open([opening('a')]);
  await cases.store.explain('default', 'case-a', explanation('a', { source: 'model', final: true, body: writeBody(body) }));
  const opinions = [
    ['f1', 'useful', 'large'],
    ['f2', 'wrong', 'template'],
    [null, 'useless', 'large and template'],
    ['gone', 'wrong', 'model'],
  ] as const;
  for (const [finding, opinion] of opinions)
    await cases.store.giveFeedback('default', { caseId: 'case-a', version: 1, finding, by: 'ann', opinion, comment: '', atMs: noonMs });
  await cases.close();
  const { feedback } = await readRecordedCases(directory, 'default', 2);
  const key = ({ source, about, opinion }: (typeof feedback)[number]): string => `${source} ${about} ${opinion}`;
  t.strictSame(
    feedback.map(key).sort(),
    opinions.map(([finding, opinion, source]) => key({ source, about: finding === null ? 'case' : 'finding', opinion })).sort(),
  );
});

t.test('a directory without cases is named, and nothing is made in it', async (t) => {
  const directory = t.testdir();
  await t.rejects(readRecordedCases(directory, 'default', 2), /is no data directory with cases/);
  t.notOk(existsSync(join(directory, 'cases')));
});
