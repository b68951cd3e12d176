// What the validator shows and what it drops: true findings in many wordings, lies made from them, and kept cases.
import fc from 'fast-check';
import t from 'tap';
import type { Reason } from '../../../src/domain/assessment.ts';
import { promptExamples } from '../../../src/review/explanation/prompt-examples.ts';
import { type Story, storyOf } from '../../../src/review/explanation/story.ts';
import { promptOf } from '../../../src/review/explanation/prompt.ts';
import { checkFinding, createReviewer } from '../../../src/review/explanation/validate.ts';
import { anyReasons } from '../../support/explained.ts';
import { falseFindings } from '../../support/false-findings.ts';
import { judge, plain } from '../../support/judge-sentence.ts';
import { testRandom } from '../../support/ports.ts';
import { storedOf } from '../../support/records.ts';
import { patternCount, trueFindings } from '../../support/true-findings.ts';

t.test('no lie is shown, and nearly all true findings are', (t) => {
  t.ok(patternCount >= 40);
  const random = testRandom(4);
  const pick = <T>(options: readonly T[]): T => options[Math.floor(random.uniform() * options.length)]!;
  let truths = 0;
  let dropped = 0;
  for (const reasons of fc.sample(anyReasons, { numRuns: 300, seed: 4 })) {
    const story = storyOf(reasons);
    for (const made of trueFindings(story, pick)) {
      truths++;
      if (!checkFinding(story, { ...plain, ...made }).ok) dropped++;
      for (const lie of falseFindings(story, made, pick)) {
        if (checkFinding(story, { ...plain, ...lie }).ok) t.fail(`${lie.lie}: ${lie.sentence} (${made.sentence})`);
      }
    }
  }
  t.ok(truths > 500);
  t.ok(dropped / truths < 0.1, `${dropped} of ${truths}`);
  t.end();
});

const [travel, spray] = promptExamples.map((example) => storyOf(example.reasons)) as [Story, Story];

const kept: readonly (readonly [rule: string, code: string, sentence: string])[] = [
  ['ok', 'IMPOSSIBLE_TRAVEL', 'The two places are 6,400 km apart.'],
  ['ok', 'IMPOSSIBLE_TRAVEL', 'Nobody could have travelled 6,370 kilometres in 2.1 hours.'],
  ['ok', 'IMPOSSIBLE_TRAVEL', 'This login is in country_2, while the earlier login was in country_1.'],
  ['role', 'IMPOSSIBLE_TRAVEL', 'This login is in country_1, while the earlier login was in country_2.'],
  ['role', 'IMPOSSIBLE_TRAVEL', 'The journey from country_2 to country_1 covers 6,400 km in 2.1 hours.'],
  ['handle', 'IMPOSSIBLE_TRAVEL', 'The journey leads to country_9.'],
  ['unit', 'IMPOSSIBLE_TRAVEL', 'The journey covers 6,400 miles in 2.1 hours.'],
  ['unit', 'IMPOSSIBLE_TRAVEL', 'The journey covers 6,400 km in 2.1 minutes.'],
  ['number', 'IMPOSSIBLE_TRAVEL', 'The journey covers 8,900 km in 2.1 hours.'],
  ['counted', 'IMPOSSIBLE_TRAVEL', 'The location error is 6,400 km.'],
  ['contradiction', 'IMPOSSIBLE_TRAVEL', 'The journey is possible.'],
  ['contradiction', 'IMPOSSIBLE_TRAVEL', 'The journey is not impossible.'],
  ['ok', 'NEW_DEVICE', 'The device is not known to the account.'],
  ['contradiction', 'NEW_DEVICE', 'The device is not new.'],
  ['contradiction', 'NEW_DEVICE', 'The device is known to the account.'],
  ['unsupported', 'NEW_DEVICE', 'The account is new.'],
  ['counted', 'NEW_DEVICE', 'The device has 64 good logins.'],
  ['counted', 'NEW_DEVICE', 'The account uses 64 devices.'],
  ['topic', 'NEW_DEVICE', 'There were 2 failed tries with this device.'],
  ['vocabulary', 'NEW_DEVICE', 'The device is purple.'],
  ['forbidden', 'NEW_DEVICE', 'The attacker uses a new device.'],
  ['empty', 'NEW_DEVICE', 'The device was used for this login.'],
  ['ok', 'FAILURES_ON_ACCOUNT', 'Eleven attempts on the account failed in the past hour.'],
  ['number', 'FAILURES_ON_ACCOUNT', 'There were 11 failed tries in the last 24 hours.'],
  ['ok', 'FAILURES_ON_ACCOUNT', 'No tries failed in the last minute.'],
  ['unit', 'FAILURES_ON_ACCOUNT', 'No tries failed in the last hour.'],
  ['sign', 'FAILURES_ON_ACCOUNT', 'The 11 failures in the last hour are reassuring.'],
  ['ok', 'FAILURES_ON_ACCOUNT', 'The 11 failures in the last hour raise the risk.'],
  ['sign', 'FAILURES_ON_ACCOUNT', 'The 11 failures in the last hour lower the risk.'],
  ['sentences', 'FAILURES_ON_ACCOUNT', 'There were 11 failures in the last hour. All is well.'],
  ['sentences', 'FAILURES_ON_ACCOUNT', 'There were 11 failures in the last hour'],
  ['link', 'FAILURES_ON_ACCOUNT', 'There were 11 failures at login.invalid in the last hour.'],
  ['markup', 'FAILURES_ON_ACCOUNT', 'There were **11** failures in the last hour.'],
  ['characters', 'FAILURES_ON_ACCOUNT', 'There were 11 failures\u202e in the last hour.'],
  ['length', 'FAILURES_ON_ACCOUNT', 'Failures.'],
  ['ok', 'FAILURES_ON_ACCOUNT', 'About 11 tries failed in the last hour.'],
  ['ok', 'FAILURES_ON_ACCOUNT', 'At least ten tries failed in the last hour.'],
  ['number', 'FAILURES_ON_ACCOUNT', 'At least 14 tries failed in the last hour.'],
];

for (const [rule, code, sentence] of kept) {
  t.test(`${rule}: ${sentence}`, (t) => {
    t.equal(judge(travel, code, sentence), rule);
    t.end();
  });
}

t.test('a ratio has a direction', (t) => {
  t.equal(judge(spray, 'USUAL_HOUR', 'This time is 2.6 times more common than any other.'), 'ok');
  t.equal(judge(spray, 'USUAL_HOUR', 'This time is 2.6 times rarer than any other.'), 'order');
  t.end();
});

t.test('only cited evidence carries a sentence, and only of one direction', (t) => {
  const check = (evidence: readonly string[], sentence: string, said: object = {}): string => {
    const checked = checkFinding(travel, { ...plain, evidence, sentence, ...said });
    return checked.ok ? 'ok' : checked.rule;
  };
  const sentence = 'The two places are 6,400 km apart.';
  const id = 'IMPOSSIBLE_TRAVEL.distance_km';
  t.equal(check([id], sentence), 'ok');
  t.equal(check([], sentence), 'no_evidence');
  t.equal(check([id, 'IMPOSSIBLE_TRAVEL.made_up'], sentence), 'unknown_evidence');
  t.equal(check(['IMPOSSIBLE_TRAVEL.hours'], sentence), 'citation');
  t.equal(check([id, 'NOT_LISTED.reports'], sentence), 'direction');
  t.equal(check([id], sentence, { direction: 'lowers' }), 'direction');
  t.equal(check([id], sentence, { direction: 'raises', strength: 'high' }), 'ok');
  t.equal(check([id], sentence, { strength: 'low' }), 'strength');
  t.end();
});

t.test('a review keeps order, counts what each rule dropped, and says when too little is left', (t) => {
  const stored = storedOf('a', 'b');
  const withReasons = (reasons: readonly Reason[]) => ({ ...stored, assessment: { ...stored.assessment, reasons } });
  const reviewer = createReviewer(promptOf(promptExamples.map((example) => withReasons(example.reasons))).cases);
  for (const finding of promptExamples[0]!.findings) reviewer.take({ kind: 'finding', caseId: 'case_1', ...plain, ...finding });
  const again = { kind: 'finding', caseId: 'case_1', ...plain, ...promptExamples[0]!.findings[0]! } as const;
  t.match(reviewer.take(again), { kind: 'dropped', rule: 'repeated' });
  t.match(reviewer.take({ ...again, caseId: 'case_7' }), { kind: 'dropped', rule: 'unknown_case' });
  t.match(reviewer.take({ kind: 'malformed', why: 'shape' }), { kind: 'malformed' });
  for (const check of ['ask_user', 'ask_user', 'call_back', 'end_sessions', 'review_factors'] as const)
    reviewer.take({ kind: 'check', caseId: 'case_1', check });
  const review = reviewer.review();
  t.match(review, { unknownCases: 1, malformed: { shape: 1 } });
  t.match(review.cases[0], {
    id: 'case_1',
    tooFew: false,
    dropped: { repeated: 1 },
    nextChecks: ['ask_user', 'call_back', 'end_sessions'],
    findings: { length: 5 },
  });
  t.match(review.cases[0]!.findings[0], { code: 'IMPOSSIBLE_TRAVEL', direction: 'raises', strength: 'high' });
  t.match(review.cases[1], { tooFew: true, findings: [] });
  t.end();
});
