// A model that keeps the contract, for the fakes of providers: it reads the prompt as a model does, line by line, and tells what the lines say
// in the wordings of the true findings (test/support/true-findings). It never looks at the validator.
import { declarationOf, signalOf } from '../../src/domain/explanation/evidence.ts';
import type { Reading, ReadingUnit } from '../../src/domain/explanation/evidence-reading.ts';
import type { EvidenceDeclaration } from '../../src/domain/explanation/evidence-declaration.ts';
import type { Story, StoryItem, StoryReason, StoryValue } from '../../src/review/explanation/story.ts';
import { testRandom } from '../../test/support/ports.ts';
import { type MadeFinding, trueFindings } from '../../test/support/true-findings.ts';

/** The prompt's cases by their names, each with its own lines. */
export function casesIn(prompt: string): { readonly id: string; readonly lines: string }[] {
  return prompt.split(/^(?=case_[0-9]+:$)/m).flatMap((section) => {
    const found = /^(case_[0-9]+):\n([^]*?)(?:Answer with one JSON object\.\n)?$/.exec(section);
    return found === null ? [] : [{ id: found[1] as string, lines: found[2] as string }];
  });
}

export interface GoodAnswer {
  readonly findings: readonly (MadeFinding & { readonly case: string })[];
  readonly text: string;
}

/** `change` may make a liar of it: it is given every finding and gives those that are written. */
export function goodAnswer(
  prompt: string,
  seed: number,
  change: (made: MadeFinding, story: Story) => MadeFinding[] = (made) => [made],
): GoodAnswer {
  const random = testRandom(seed);
  const pick = <T>(options: readonly T[]): T => options[Math.floor(random.uniform() * options.length)] as T;
  const findings = casesIn(prompt).flatMap(({ id, lines }) => {
    const story = storyIn(lines);
    return onePerReason(story, trueFindings(story, pick))
      .flatMap((made) => change(made, story))
      .map((made) => ({ ...made, case: id }));
  });
  const written = findings.map(({ case: id, evidence, sentence }) => ({ case: id, evidence, sentence }));
  return { findings, text: JSON.stringify({ findings: written, next_checks: [] }) };
}

/** One each, as a model that was asked for what matters gives them; of those without a pattern what any reader of the lines could say. */
function onePerReason(story: Story, made: readonly MadeFinding[]): MadeFinding[] {
  return story.reasons.flatMap((reason) => {
    const patterned = made.find(({ evidence }) => evidence[0]?.startsWith(`${reason.code}.`));
    const plain = patterned ?? plainFinding(reason);
    return plain === null ? [] : [plain];
  });
}

function plainFinding({ code, items }: StoryReason): MadeFinding | null {
  for (const { key, id, value } of items) {
    const pattern = `plain/${code}`;
    if (key === 'good_logins' && value.type === 'number' && value.readings[0]?.value === 0)
      return {
        pattern,
        evidence: [id],
        sentence: code === 'NEW_ACCOUNT' ? 'The account has no good logins so far.' : 'The account has no good logins.',
      };
    if (key === 'device_time_zone' && value.type === 'handle')
      return { pattern, evidence: [id], sentence: `The time zone of the device is ${value.name}.` };
    if (key === 'tries_24h' && value.type === 'number' && code.includes('NETWORK'))
      return {
        pattern,
        evidence: [id],
        sentence: `There were ${value.readings[0]?.value ?? 0} tries from the network in the last 24 hours.`,
      };
  }
  return null;
}

/** See prompt-text.ts, which writes these lines. */
export function storyIn(lines: string): Story {
  const reasons: (StoryReason & { items: StoryItem[] })[] = [];
  for (const line of lines.split('\n')) {
    const head = /^(raises|lowers) the risk (strongly|somewhat|a little): (\w+)$/.exec(line);
    const item = /^ {2}(\w+)\.(\w+) = (.*)$/.exec(line);
    if (head !== null) {
      const code = head[3] as string;
      const strength = head[2] === 'strongly' ? 'high' : head[2] === 'somewhat' ? 'medium' : 'low';
      reasons.push({ code, signal: signalOf(code) ?? '', direction: head[1] as 'raises' | 'lowers', strength, items: [] });
    } else if (item !== null) {
      const [, code = '', key = '', text = ''] = item;
      const declaration = declarationOf(code, key);
      if (declaration !== null) reasons.at(-1)?.items.push({ id: `${code}.${key}`, key, declaration, value: valueIn(text, declaration) });
    }
  }
  return { reasons, handles: [] };
}

function valueIn(text: string, declaration: EvidenceDeclaration): StoryValue {
  if (/^[a-z]+(?:_[a-z]+)*_[0-9]+$/.test(text)) return { type: 'handle', name: text };
  switch (declaration.kind) {
    case 'flag':
      return { type: 'flag', value: text === 'yes' };
    case 'token':
    case 'tokens':
      return { type: 'tokens', values: text.split(', ') };
    case 'clock':
      return { type: 'clock', value: text.replace(' UTC', '') };
    default:
      return { type: 'number', readings: [readingIn(text)], sense: null };
  }
}

const unitWords: Readonly<Record<string, ReadingUnit>> = {
  km: 'km',
  'km/h': 'km/h',
  '%': 'percent',
  times: 'times',
  ms: 'ms',
  seconds: 'seconds',
  minutes: 'minutes',
  hours: 'hours',
  days: 'days',
  months: 'months',
  years: 'years',
};

function readingIn(text: string): Reading {
  const oneIn = /^1 in ([\d,.]+)/.exec(text);
  if (oneIn !== null) return { value: numberIn(oneIn[1] as string), unit: 'one_in' };
  const [number = '', unit = ''] = text.split(' ');
  return { value: numberIn(number), unit: unitWords[unit] ?? null };
}

function numberIn(text: string): number {
  return Number(text.replaceAll(',', ''));
}
