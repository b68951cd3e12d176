// A sentence while it is being checked: its tokens, which of them are accounted for, and what its finding may speak of.
import { evidenceMeaning } from '../evidence-meanings.ts';
import type { Story, StoryItem, StoryReason } from '../story.ts';
import { type Token, tokenize } from './tokens.ts';
import { type Truths, truthsOf } from './truths.ts';

export interface CheckedSentence {
  readonly tokens: readonly Token[];
  /** Positions of tokens that a check has accounted for. */
  readonly done: Set<number>;
  readonly story: Story;
  readonly reasons: readonly StoryReason[];
  /** All evidence of these reasons. */
  readonly items: readonly StoryItem[];
  readonly cited: ReadonlySet<string>;
  readonly truths: Truths;
  /** Whether anything of it was held against the evidence. */
  verified: boolean;
}

export function readSentence(sentence: string, story: Story, reasons: readonly StoryReason[], cited: ReadonlySet<string>): CheckedSentence {
  return {
    tokens: tokenize(sentence),
    done: new Set(),
    story,
    reasons,
    items: reasons.flatMap((reason) => reason.items),
    cited,
    truths: truthsOf(reasons, cited),
    verified: false,
  };
}

const handleNotions: Readonly<Record<string, string>> = { time_zone: 'zone', organisation: 'operator' };

/** What a token is about; null for words that are about nothing. A scale is a notion of its own beside a number. */
export function notionOf(token: Token): string | null {
  switch (token.kind) {
    case 'notion':
      return token.notion;
    case 'claim':
      return token.axis;
    case 'value':
      return 'value';
    case 'handle': {
      const kind = token.name.replace(/_[0-9]+$/, '');
      return handleNotions[kind] ?? kind;
    }
    default:
      return null;
  }
}

/** Whether a clause ends here. */
export function endsClause(token: Token): boolean {
  return token.kind === 'comma' || (token.kind === 'link' && !token.soft);
}

/** First and last position of the clause around a token. */
export function clauseAround(tokens: readonly Token[], at: number): readonly [number, number] {
  let start = at;
  while (start > 0 && !endsClause(tokens[start - 1] as Token)) start--;
  let end = at;
  while (end + 1 < tokens.length && !endsClause(tokens[end + 1] as Token)) end++;
  return [start, end];
}

/** Notions that no sentence about a login needs evidence for. */
const always: ReadonlySet<string> = new Set(['account', 'attempt', 'login', 'here', 'combination', 'all', 'ratio', 'half']);

const topics: Readonly<Record<string, string>> = {
  'network.kind': 'address network operator place',
  'network.anonymity': 'address network operator list place device client',
  'network.blocklist': 'address list report attack',
  'network.familiarity': 'address block network operator place',
  'network.tenant': 'address block network others other everybody operator place',
  'network.rarity': 'address network operator country everybody share',
  'travel.speed': 'device id place country network travel distance speed uncertainty nearest hour last address difference',
  'travel.place': 'country region city place network distance address nearest',
  'travel.timezone': 'device clock zone address place hour difference',
  'device.familiarity': 'device browser system client id nearest',
  'device.account_rarity': 'client browser system type device everybody share',
  'device.rarity': 'client browser system type device version everybody share',
  'device.automation': 'client browser device',
  'device.inconsistency': 'client browser system screen zone device check type clock',
  'device.replay': 'device id system browser screen network country fingerprint client last',
  'device.sharing': 'device id others other try',
  'history.language': 'language browser client device everybody',
  'history.hour': 'hour others nearest',
  'history.depth': 'history age first',
  'history.dormancy': 'interval last history',
  'history.change': 'credential first age created',
  'history.session': 'session began device id system country network first',
  'velocity.account': 'try',
  'velocity.spread': 'source address network device try other id',
  'velocity.host': 'address try source',
  'velocity.block': 'block address try other source',
  'velocity.asn': 'network operator try other share',
  'velocity.spray': 'address block others other try spray place home source',
  'velocity.burst': 'credential try address others other burst',
  'credential.method': 'credential',
  'credential.push': 'challenge',
  'behaviour.typing': 'rhythm keys',
  'behaviour.robot': 'keys form rhythm hold gap',
  combination: 'device network country address try check place history id client',
};

function topicsOf(reason: StoryReason): ReadonlySet<string> {
  const own = new Set([...always, ...(topics[reason.signal] as string).split(' ')]);
  for (const item of reason.items) for (const notion of evidenceMeaning(reason.signal, item.key).mayName) own.add(notion);
  return own;
}

/** Whether every notion is one that these reasons can speak of. */
export function staysOnTopic({ tokens, reasons }: CheckedSentence): boolean {
  const allowed = reasons.map(topicsOf);
  return tokens.every((token) => token.kind !== 'notion' || allowed.some((notions) => notions.has(token.notion)));
}
