// Explanations by template: grammatical and true for every combination of reasons and every evidence, in every language.
import fc from 'fast-check';
import t from 'tap';
import { createWording, languages } from '../../../src/adapters/icu-messages/wording.ts';
import { absenceCauses } from '../../../src/domain/absence.ts';
import { levels, type Reason, type StoredAssessment, verdicts } from '../../../src/domain/assessment.ts';
import { declarationsBySignal } from '../../../src/domain/explanation/evidence-catalogue.ts';
import type { EvidenceDeclaration } from '../../../src/domain/explanation/evidence-declaration.ts';
import { evidenceItems, fits } from '../../../src/domain/explanation/evidence.ts';
import { readingsOf } from '../../../src/domain/explanation/evidence-reading.ts';
import { directionOf, type Explanation, strengthOfAll } from '../../../src/domain/explanation/finding.ts';
import { en } from '../../../src/domain/explanation/messages/en.ts';
import { nextCheckIds } from '../../../src/domain/explanation/next-checks.ts';
import { stories } from '../../../src/domain/explanation/stories.ts';
import { explainByTemplate, type Explained } from '../../../src/domain/explanation/template.ts';
import { allSignals } from '../../../src/domain/signal/catalogue.ts';
import type { EvidenceValue, SignalDefinition } from '../../../src/domain/signal/definition.ts';
import { storedOf } from '../../support/records.ts';

const wordings = languages.map(createWording);
const english = createWording('en');
const german = createWording('de');

function explained(
  reasons: readonly Reason[],
  change: Partial<StoredAssessment['assessment']> = {},
  result: 'success' | 'failure' = 'success',
): Explained {
  const { assessment, context } = storedOf('id', 'account');
  return { assessment: { ...assessment, missing: [], reasons, ...change }, context: { ...context, result } };
}

/** Doubles are drawn by their bits, which makes nearly all of them tiny. */
function tenths(min: number, max: number): fc.Arbitrary<number> {
  return fc.integer({ min, max }).map((value) => value / 10);
}

/** Values of each kind: ordinary, at the ends, absurd, and not there. */
function valueOf(declaration: EvidenceDeclaration): fc.Arbitrary<EvidenceValue> {
  const absent = fc.constant(null);
  const text = (...values: readonly string[]): fc.Arbitrary<EvidenceValue> => fc.oneof(fc.constantFrom(...values), absent);
  const number = (...ends: readonly number[]): fc.Arbitrary<EvidenceValue> =>
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(0, 1, 2, ...ends) },
      { weight: 2, arbitrary: fc.integer({ min: 3, max: 5000 }) },
      absent,
    );
  switch (declaration.kind) {
    case 'flag':
      return fc.oneof(fc.boolean(), absent);
    case 'token':
      return text(...(declaration.values as readonly string[]));
    case 'tokens':
      return fc.subarray([...(declaration.values as readonly string[])]);
    case 'labels':
      return fc.constantFrom(['a list'], []);
    case 'label':
      return text(...(declaration.values ?? ['Example Networks', 'Beispiel GmbH']).slice(0, 6), 'Ignore all', '\u202egnp.exe\u0000{0}');
    case 'clock':
      return text('00:00', '03:12', '23:59');
    case 'handle':
      return handleOf(declaration);
    case 'share':
    case 'probability':
      return fc.oneof(number(1e-12, 0.0001, 0.02, 0.5, 0.999), tenths(0, 10));
    case 'ratio_log':
    case 'scale':
      return fc.oneof(tenths(-90, 90), absent);
    default:
      return fc.oneof(number(64, 12_345_678, 1e15), tenths(0, 5000));
  }
}

function handleOf({ handle }: EvidenceDeclaration): fc.Arbitrary<EvidenceValue> {
  const examples: Readonly<Record<string, readonly EvidenceValue[]>> = {
    network: [0, 3320, 4_294_967_295, null],
    country: ['DE', 'US', 'ZZ', 'QQ', null],
    city: ['DE/Bavaria/München', 'JP//Tokyo', 'XX/\u200f/\u202e', null],
    region: ['Bavaria', null],
    time_zone: ['Europe/Berlin', 'UTC', 'America/Mexico_City', null],
    language: ['de', 'en', 'nb', 'zzz', null],
    screen: ['390x844', null],
  };
  return fc.constantFrom(...(examples[handle as string] as readonly EvidenceValue[]));
}

function reasonOf(signal: SignalDefinition): fc.Arbitrary<Reason> {
  const declarations = declarationsBySignal[signal.name] as Readonly<Record<string, EvidenceDeclaration>>;
  const evidence = fc.record(Object.fromEntries(Object.entries(declarations).map(([key, one]) => [key, valueOf(one)])), {
    requiredKeys: [],
  });
  return fc
    .record({ code: fc.constantFrom(...Object.keys(signal.codes)), size: fc.double({ min: 0.1, max: 6, noNaN: true }), evidence })
    .map(({ code, size, evidence }) => ({
      code,
      contribution: signal.codes[code]?.direction === 'raises' ? size : -size,
      evidence: evidence as Reason['evidence'],
    }));
}

/** Any subset of the signals, in the order of their contributions as an assessment has them. */
const anyReasons: fc.Arbitrary<Reason[]> = fc
  .subarray([...allSignals], { maxLength: 10 })
  .chain((signals) => fc.tuple(...signals.map(reasonOf)))
  .map((reasons) => [...reasons].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution)));

const anyExplained: fc.Arbitrary<Explained> = fc
  .record({
    reasons: anyReasons,
    verdict: fc.constantFrom(...verdicts),
    level: fc.constantFrom(...levels),
    score: fc.constantFrom(0, 0.4, 0.5, 0.97, 0.9931, 0.99999, 1 - Number.EPSILON / 2),
    decidedBy: fc.constantFrom('model' as const, 'rules' as const),
    policyRule: fc.constantFrom(null, 'breached-password', 'lists.deny[2]', '{evil}\u202e', ''),
    missing: fc.array(
      fc.record({
        signal: fc.constantFrom(...allSignals.map(({ name }) => name), 'model', 'profiles', 'of.another_version'),
        cause: fc.constantFrom(...absenceCauses),
      }),
      { maxLength: 40, size: 'max' },
    ),
    result: fc.constantFrom('success' as const, 'failure' as const),
  })
  .map(({ result, reasons, ...change }) => explained(reasons, change, result));

function sentencesOf(explanation: Explanation): string[] {
  return [
    explanation.headline,
    ...[...explanation.findings, ...explanation.reassuring, ...explanation.unknown].map(({ sentence }) => sentence),
  ];
}

const runs = { numRuns: 400 };

t.test('every reason code belongs to exactly one story, and a story tells one direction', (t) => {
  const told = stories.flatMap(({ codes }) => codes);
  t.same([...told].sort(), allSignals.flatMap(({ codes }) => Object.keys(codes)).sort());
  const directions = new Map(
    allSignals.flatMap(({ codes }) => Object.entries(codes).map(([code, { direction }]) => [code, direction] as const)),
  );
  for (const { name, codes } of stories) t.equal(new Set(codes.map((code) => directions.get(code))).size, 1, name);
  t.end();
});

t.test('whatever the reasons and the evidence, the text is whole sentences without a trace of code', (t) => {
  fc.assert(
    fc.property(anyExplained, fc.constantFrom(...wordings), (record, words) => {
      for (const text of sentencesOf(explainByTemplate(record, words))) {
        if (
          /undefined|\bnull\b|NaN|Infinity|[{}<>[\]|\\]|\(\)|\( | \)|\s\s|\s[.,;:](?!\w)|\.\.|,\.|[\p{Cc}\p{Cf}]/u.test(
            text.replace('lists.deny[2]', 'X'),
          )
        )
          throw new Error(text);
        if (!/^[\p{Lu}\p{N}].*[.]$/u.test(text)) throw new Error(`no sentence: ${text}`);
        if (text.length > 800) throw new Error(`${text.length} characters: ${text}`);
      }
    }),
    runs,
  );
  t.end();
});

t.test('no sentence is said twice', (t) => {
  fc.assert(
    fc.property(anyExplained, fc.constantFrom(...wordings), (record, words) => {
      const said = sentencesOf(explainByTemplate(record, words)).flatMap((text) => text.split(/(?<=[a-zäöüß)%])\. /));
      if (new Set(said).size !== said.length) throw new Error(said.join('\n'));
    }),
    runs,
  );
  t.end();
});

t.test('direction and strength are those of the contributions, strongest first, and everything named is told once', (t) => {
  fc.assert(
    fc.property(anyExplained, (record) => {
      const { findings, reassuring } = explainByTemplate(record, english);
      const by = new Map(record.assessment.reasons.map((reason) => [reason.code, reason]));
      for (const [list, direction] of [
        [findings, 'raises'],
        [reassuring, 'lowers'],
      ] as const) {
        let before = Number.POSITIVE_INFINITY;
        for (const finding of list) {
          const reasons = finding.codes.map((code) => by.get(code) as Reason);
          const sum = reasons.reduce((all, reason) => all + reason.contribution, 0);
          if (finding.direction !== direction || directionOf(sum) !== direction || finding.strength !== strengthOfAll(reasons))
            return false;
          if (finding.code !== finding.codes[0] || Math.abs(sum) > before) return false;
          before = Math.abs(sum);
        }
      }
      const told = [...findings, ...reassuring].flatMap(({ codes }) => codes);
      return told.length === by.size && told.every((code) => by.has(code));
    }),
    runs,
  );
  t.end();
});

t.test('a finding cites evidence that exists, and some of each reason that has any to show', (t) => {
  fc.assert(
    fc.property(anyExplained, (record) => {
      const { findings, reassuring } = explainByTemplate(record, english);
      for (const { codes, evidenceIds } of [...findings, ...reassuring]) {
        const reasons = record.assessment.reasons.filter(({ code }) => codes.includes(code));
        const items = reasons.flatMap(evidenceItems).filter(({ value }) => value !== null);
        if (!evidenceIds.every((id) => items.some((item) => item.id === id))) return false;
        for (const { code } of reasons) {
          const shown = items.some((item) => item.code === code && item.declaration.shown);
          if (shown && !evidenceIds.some((id) => id.startsWith(`${code}.`))) return false;
        }
      }
      return true;
    }),
    runs,
  );
  t.end();
});

/** Numbers that are part of the wording itself: spans of the counts. */
const wordingNumbers = ['24', '1'];

function numbersIn(text: string, language: string): string[] {
  const number = language === 'de' ? /\d+(?:\.\d{3})*(?:,\d+)?/g : /\d+(?:,\d{3})*(?:\.\d+)?/g;
  return text.match(number) ?? [];
}

t.test('every number in the text is a reading of the evidence', (t) => {
  fc.assert(
    fc.property(anyExplained, fc.constantFrom(...wordings), (record, words) => {
      const { assessment } = record;
      const format = new Intl.NumberFormat(words.language === 'de' ? 'de-DE' : 'en-GB');
      const allowed = new Set(wordingNumbers);
      const add = (value: number): unknown => allowed.add(format.format(value));
      if (assessment.score < 1) add(Number((1 / (1 - assessment.score)).toPrecision(2)));
      for (const reason of assessment.reasons)
        for (const { value, declaration } of evidenceItems(reason)) {
          if (Array.isArray(value)) add(value.length);
          else if (typeof value === 'number' && declaration.handle === 'network') allowed.add(String(value));
          else if (typeof value === 'number') for (const reading of readingsOf(declaration, value)) add(reading.value);
          else if (typeof value === 'string') for (const digits of value.match(/\d+/g) ?? []) allowed.add(digits);
        }
      const { findings, reassuring, headline } = explainByTemplate(record, words);
      for (const text of [headline.replace('lists.deny[2]', 'X'), ...[...findings, ...reassuring].map(({ sentence }) => sentence)])
        for (const number of numbersIn(text, words.language)) if (!allowed.has(number)) throw new Error(`${number} in: ${text}`);
    }),
    runs,
  );
  t.end();
});

t.test('every message of the stories is said by some assessment: none is dead', (t) => {
  const said = new Set<string>();
  const recording: typeof english = {
    ...english,
    say(id, args) {
      said.add(id);
      return english.say(id, args);
    },
  };
  // The same cases in each run, so that what this reaches does not depend on luck.
  for (const record of fc.sample(anyExplained, { numRuns: 5000, seed: 11 })) explainByTemplate(record, recording);
  const byAdapter = ['one_in', 'just_now', 'no_time'];
  // Said by next checks and by review/counterfactual, whose own tests hold them to it.
  const elsewhere = /^(check|change|counterfactual)\./;
  t.same(
    Object.keys(en).filter((id) => !said.has(id) && !elsewhere.test(id) && !byAdapter.includes(id)),
    [],
  );
  t.end();
});

t.test('German has no English left', (t) => {
  const englishWords =
    /\b(the|this|that|account|address|network|login|logins|and|from|with|were|has|have|days|hours|minutes|ago|good|usual|where|which|earlier)\b/i;
  fc.assert(
    fc.property(anyExplained, (record) => {
      const texts = sentencesOf(explainByTemplate(record, german)).filter((text) =>
        englishWords.test(text.replaceAll('Example Networks', '')),
      );
      if (texts.length > 0) throw new Error(texts[0]);
    }),
    runs,
  );
  t.end();
});

t.test('what to do next is from the fixed list, at most four, none twice, and in words of every language', (t) => {
  fc.assert(
    fc.property(anyExplained, (record) => {
      const { nextChecks } = explainByTemplate(record, english);
      return (
        nextChecks.length <= 4 &&
        new Set(nextChecks).size === nextChecks.length &&
        nextChecks.every((id) => nextCheckIds.includes(id as never))
      );
    }),
    runs,
  );
  for (const words of wordings) for (const id of nextCheckIds) t.match(words.say(`check.${id}`), /^\p{Lu}.*\.$/u);
  t.end();
});

t.test('evidence that is damaged, foreign or hostile changes the words, never the rest', (t) => {
  const hostile: fc.Arbitrary<EvidenceValue> = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom(-1, Number.MAX_VALUE, -0),
    fc.array(fc.string(), { maxLength: 3 }),
    fc.boolean(),
    fc.constant(null),
  );
  const reasons = fc
    .subarray([...allSignals], { maxLength: 8 })
    .chain((signals) =>
      fc.tuple(
        ...signals.map((signal) =>
          fc
            .tuple(
              fc.constantFrom(...Object.keys(signal.codes)),
              fc.dictionary(fc.constantFrom(...Object.keys(declarationsBySignal[signal.name] ?? {}), '__proto__', 'toString'), hostile),
            )
            .map(([code, evidence]): Reason => ({ code, contribution: signal.codes[code]?.direction === 'raises' ? 1 : -1, evidence })),
        ),
      ),
    );
  fc.assert(
    fc.property(reasons, fc.constantFrom(...wordings), (given, words) => {
      const { findings, reassuring } = explainByTemplate(explained(given), words);
      return [...findings, ...reassuring].every(({ sentence }) => !/[\p{Cc}\p{Cf}{}<>`]/u.test(sentence) && sentence.length < 1000);
    }),
    runs,
  );
  t.ok(fits({ ...(declarationsBySignal['network.kind'] as Record<string, EvidenceDeclaration>)['class'] } as EvidenceDeclaration, 'isp'));
  t.end();
});
