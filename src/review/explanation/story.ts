// The part of an assessment that may be told: the reasons that matter, each with the evidence a reader may see, and a table of handles
// for whatever could carry somebody else's words. Prompt and validator both work on it and never see the assessment, so what a model is
// shown and what its words are held against cannot drift apart.
import type { Reason } from '../../domain/assessment.ts';
import { type EvidenceItem, evidenceItems, isAttackerWritable, signalOf } from '../../domain/explanation/evidence.ts';
import type { EvidenceDeclaration } from '../../domain/explanation/evidence-declaration.ts';
import { type Reading, readingsOf } from '../../domain/explanation/evidence-reading.ts';
import { type Direction, directionOf, type Strength, strengthOf } from '../../domain/explanation/finding.ts';

export type StoryHandleKind =
  | 'country'
  | 'region'
  | 'city'
  | 'network'
  | 'time_zone'
  | 'language'
  | 'screen'
  | 'browser'
  | 'system'
  | 'client'
  | 'organisation';

/** What a handle stands for. Whoever shows the text puts the value in its place, inert, after everything was checked. */
export interface StoryHandle {
  /** "country_1": unique in its story. */
  readonly name: string;
  readonly kind: StoryHandleKind;
  readonly value: string;
}

/** What a ratio says in words: the same number of times, in one direction or the other. */
export type NumberSense = 'rarer' | 'commoner' | 'longer' | 'shorter' | 'wider' | 'closer';

export type StoryValue =
  | { readonly type: 'number'; readonly readings: readonly Reading[]; readonly sense: NumberSense | null }
  | { readonly type: 'flag'; readonly value: boolean }
  | { readonly type: 'tokens'; readonly values: readonly string[] }
  | { readonly type: 'clock'; readonly value: string }
  | { readonly type: 'handle'; readonly name: string };

export interface StoryItem {
  /** See `evidenceId`. */
  readonly id: string;
  readonly key: string;
  readonly declaration: EvidenceDeclaration;
  readonly value: StoryValue;
}

export interface StoryReason {
  readonly code: string;
  readonly signal: string;
  readonly direction: Direction;
  readonly strength: Strength;
  readonly items: readonly StoryItem[];
}

export interface Story {
  /** Raising ones first, strongest first within a direction. */
  readonly reasons: readonly StoryReason[];
  readonly handles: readonly StoryHandle[];
}

/** What an analyst can hold in mind; a longer prompt makes weak models lose the thread. */
const raisingMax = 6;
const loweringMax = 3;

export function storyOf(reasons: readonly Reason[]): Story {
  const handles = new Map<string, StoryHandle>();
  const told = [...strongest(reasons, 'raises', raisingMax), ...strongest(reasons, 'lowers', loweringMax)];
  return { reasons: told.map((reason) => storyReason(reason, handles)), handles: [...handles.values()] };
}

/** Reasons of another version are not told: nothing is known of their evidence. */
function strongest(reasons: readonly Reason[], direction: Direction, max: number): Reason[] {
  return reasons
    .filter((reason) => reason.contribution !== 0 && directionOf(reason.contribution) === direction && signalOf(reason.code) !== null)
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
    .slice(0, max);
}

function storyReason(reason: Reason, handles: Map<string, StoryHandle>): StoryReason {
  const items = evidenceItems(reason).flatMap((item): StoryItem[] => {
    const value = item.declaration.shown ? valueOf(item, handles) : null;
    return value === null ? [] : [{ id: item.id, key: item.key, declaration: item.declaration, value }];
  });
  return {
    code: reason.code,
    signal: signalOf(reason.code) as string,
    direction: directionOf(reason.contribution),
    strength: strengthOf(reason.contribution),
    items,
  };
}

/** Null for what is unknown, and for names of lists: whoever set the service up chose those. */
function valueOf(item: EvidenceItem, handles: Map<string, StoryHandle>): StoryValue | null {
  const { declaration, value } = item;
  if (value === null) return null;
  if (declaration.kind === 'handle' || isAttackerWritable(declaration)) return handleValue(item, handles);
  switch (typeof value) {
    case 'number': {
      const readings = readingsOf(declaration, value);
      const isRatio = declaration.kind === 'ratio' || declaration.kind === 'ratio_log';
      return isRatio ? ratioValue(signalOf(item.code) as string, item, value, readings) : { type: 'number', readings, sense: null };
    }
    case 'boolean':
      return { type: 'flag', value };
    case 'string':
      return declaration.kind === 'clock' ? { type: 'clock', value } : { type: 'tokens', values: [value] };
    default:
      return declaration.kind === 'tokens' && value.length > 0 ? { type: 'tokens', values: [...new Set(value)] } : null;
  }
}

function handleValue(item: EvidenceItem, handles: Map<string, StoryHandle>): StoryValue {
  const kind = handleKindOf(item);
  const value = String(item.value);
  const known = handles.get(`${kind} ${value}`);
  if (known !== undefined) return { type: 'handle', name: known.name };
  let taken = 0;
  for (const other of handles.values()) if (other.kind === kind) taken++;
  const name = `${kind}_${taken + 1}`;
  handles.set(`${kind} ${value}`, { name, kind, value });
  return { type: 'handle', name };
}

function handleKindOf(item: EvidenceItem): StoryHandleKind {
  if (item.declaration.handle !== null) return item.declaration.handle;
  if (item.key.endsWith('browser')) return 'browser';
  if (item.key.endsWith('os')) return 'system';
  return item.key === 'organisation' ? 'organisation' : 'client';
}

interface SenseRule {
  readonly below: NumberSense;
  readonly above: NumberSense;
  readonly even: number;
}
const senses: Readonly<Record<string, SenseRule>> = {
  'history.hour.times_usual': { below: 'rarer', above: 'commoner', even: 1 },
  'history.dormancy.times_usual': { below: 'shorter', above: 'longer', even: 1 },
  'behaviour.typing.distance': { below: 'closer', above: 'wider', even: 1 },
  // Positive means that the account shows it less than everybody does.
  'device.account_rarity.ratio_log': { below: 'commoner', above: 'rarer', even: 0 },
  'history.language.ratio_log': { below: 'commoner', above: 'rarer', even: 0 },
};

/** Null for a ratio of about one: "as usual" is no finding. */
function ratioValue(signal: string, item: EvidenceItem, value: number, readings: readonly Reading[]): StoryValue | null {
  const rule = senses[`${signal}.${item.key}`] as SenseRule;
  return (readings[0] as Reading).value === 1 ? null : { type: 'number', readings, sense: value < rule.even ? rule.below : rule.above };
}
