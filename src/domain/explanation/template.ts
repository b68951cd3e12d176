// The explanation that every case has before any model is asked, and that stands where none is configured: deterministic, from the
// assessment alone. The same assessment reads the same in every process, for ever, in each language.
//
// Reasons of one direction that belong to one story are told together; stories come in the order of what they contribute. Direction and
// strength are worked out from the contributions, never written by hand.
import type { Assessment, Reason, StoredAssessment } from '../assessment.ts';
import { EvidenceView } from './evidence-view.ts';
import { significant } from './evidence-reading.ts';
import { evidenceItems } from './evidence.ts';
import { directionOf, type Explanation, type Finding, strengthOfAll } from './finding.ts';
import { inertRuleName } from './inert.ts';
import { nextChecks } from './next-checks.ts';
import { stories } from './stories.ts';
import type { Found, Story } from './stories/story.ts';
import { unknowns } from './unknown.ts';
import type { Wording } from './wording.ts';

/** What is read of a record. */
export type Explained = Pick<StoredAssessment, 'assessment' | 'context'>;

/** Sentences of one finding: more than these nobody reads. */
const sentencesMax = 3;
/** Stories in a headline. */
const headlineStoriesMax = 2;

const storyOf: ReadonlyMap<string, Story> = new Map(stories.flatMap((story) => story.codes.map((code) => [code, story] as const)));

interface Told {
  readonly story: Story;
  /** Largest contribution first. */
  readonly reasons: readonly Reason[];
  readonly sum: number;
}

export function explainByTemplate(record: Explained, words: Wording): Explanation {
  const told = toldStories(record.assessment);
  const named = new Set<string>();
  const findings = told.map((one) => findingOf(one, words, named));
  return {
    language: words.language,
    headline: headlineOf(record, told, words),
    findings: findings.filter((finding) => finding.direction === 'raises'),
    reassuring: findings.filter((finding) => finding.direction === 'lowers'),
    unknown: unknowns(record.assessment.missing, words),
    nextChecks: nextChecks(record),
    origin: 'template',
  };
}

/** Strongest first. A reason of another version, which no story knows, is left to the list of reasons. */
function toldStories(assessment: Assessment): readonly Told[] {
  const groups = new Map<string, { story: Story; reasons: Reason[]; sum: number }>();
  for (const reason of assessment.reasons) {
    const story = storyOf.get(reason.code);
    if (story === undefined) continue;
    const group = groups.get(story.name) ?? { story, reasons: [], sum: 0 };
    group.reasons.push(reason);
    group.sum += reason.contribution;
    groups.set(story.name, group);
  }
  return [...groups.values()].sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum));
}

function foundIn(reasons: readonly Reason[], words: Wording, used: Set<string>, named: Set<string>): Found {
  const views = new Map(reasons.map((reason) => [reason.code, new EvidenceView(reason, words, used)]));
  return {
    has: (code) => views.has(code),
    view: (code) => views.get(code) ?? null,
    any(codes) {
      const code = codes.find((one) => views.has(one));
      return code === undefined ? null : (views.get(code) as EvidenceView);
    },
    once(name) {
      if (name === null || named.has(name)) return null;
      named.add(name);
      return name;
    },
  };
}

function findingOf({ story, reasons, sum }: Told, words: Wording, named: Set<string>): Finding {
  const used = new Set<string>();
  const sentences = story.tell(foundIn(reasons, words, used, named), words).slice(0, sentencesMax);
  return {
    code: (reasons[0] as Reason).code,
    codes: reasons.map((reason) => reason.code),
    evidenceIds: reasons.flatMap((reason) => cited(reason, used)),
    direction: directionOf(sum),
    strength: strengthOfAll(reasons),
    sentence: sentences.join(' '),
  };
}

/** What was used of a reason; all of it that may be shown where it was told without any. */
function cited(reason: Reason, used: ReadonlySet<string>): string[] {
  const items = evidenceItems(reason).filter((item) => item.value !== null);
  const told = items.filter((item) => used.has(item.id));
  return (told.length > 0 ? told : items.filter((item) => item.declaration.shown)).map((item) => item.id);
}

function headlineOf({ assessment, context }: Explained, told: readonly Told[], words: Wording): string {
  const { level, verdict, policyRule, decidedBy } = assessment;
  const rule = policyRule === null ? '' : inertRuleName(policyRule);
  const sentences = [
    words.say('headline.risk', { level, verdict, story: storyOfHeadline(told, words) }),
    rankSentence(assessment.score, words),
    context.result === 'failure' ? words.say('headline.wrong_credential') : null,
    rule === '' ? null : words.say('headline.policy', { rule }),
    decidedBy === 'rules' ? words.say('headline.rules') : null,
  ];
  return sentences.filter((sentence) => sentence !== null).join(' ');
}

function storyOfHeadline(told: readonly Told[], words: Wording): string {
  const raising = told.flatMap(({ story: { headline }, reasons, sum }) => {
    if (headline === null || sum <= 0) return [];
    return [{ strength: strengthOfAll(reasons), phrase: () => headline(foundIn(reasons, words, new Set(), new Set()), words) }];
  });
  const [first] = raising;
  if (first === undefined) return words.say('headline.none');
  const strong = raising.filter(({ strength }) => strength !== 'low');
  if (strong.length === 0) return words.say('headline.weak', { story: first.phrase() });
  return words.list(strong.slice(0, headlineStoriesMax).map(({ phrase }) => phrase()));
}

/** Beyond this the rank is extrapolated from the tail, and its figure means nothing. */
const rareMax = 1e6;

/** How rare a score this high is among genuine logins; nothing to say about an ordinary one. */
function rankSentence(score: number, words: Wording): string | null {
  if (!(score >= 0.5)) return null;
  const oneIn = 1 / (1 - score);
  return oneIn > rareMax ? words.say('headline.rank_extreme') : words.say('headline.rank', { n: significant(oneIn, 2) });
}
