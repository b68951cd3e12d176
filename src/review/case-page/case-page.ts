// Everything that an analyst sees beside the explanation of a case, put together. Each part says as of when it is, or why it is absent;
// the page as a whole neither fails nor waits longer than the slowest part may.
import type { AbsenceCause } from '../../domain/absence.ts';
import type { IpAddress } from '../../domain/attempt.ts';
import type { Assessment, StoredAssessment } from '../../domain/assessment.ts';
import type { Case } from '../../domain/case/case.ts';
import type { ListHit, ListKind } from '../../domain/ip-facts.ts';
import type { AccountProfile } from '../../domain/profile/account.ts';
import type { Asset } from '../../domain/asset.ts';
import type { AccountFacts, AccountFactsSource } from '../../ports/case/account-facts.ts';
import type { AssetStore } from '../../ports/case/asset-store.ts';
import type { AssessmentLog } from '../../ports/assessment-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DailyBaselines } from '../../ports/case/daily-baselines.ts';
import type { IpIntelligence } from '../../ports/ip-intelligence.ts';
import type { ProfileStore } from '../../ports/profile-store.ts';
import { type Counterfactual, counterfactualOf, type Deciders } from '../counterfactual/counterfactual.ts';
import { assetPart } from './asset.ts';
import { baselinePart, type PageBaseline } from './baseline.ts';
import { absentPart, here, type Part, partWithin } from './part.ts';
import { type TimelineEntry, timelineOf } from './timeline.ts';
import { type UsualRow, usualTable } from './usual.ts';

export interface CasePagePorts {
  readonly assessments: Pick<AssessmentLog, 'byId' | 'byAccount'>;
  readonly profiles: Pick<ProfileStore, 'readAccount'>;
  readonly ip: Pick<IpIntelligence, 'lookup'>;
  /** Null where no identity provider is configured. */
  readonly accountFacts: Pick<AccountFactsSource, 'of'> | null;
  readonly assets: Pick<AssetStore, 'get'>;
  readonly baselines: Pick<DailyBaselines, 'summedUntil' | 'days' | 'place'>;
  /** The model and policy that made an assessment, as far as they are at hand. */
  readonly deciders: (assessment: Assessment) => Deciders;
  /** Null for what is no address. */
  readonly parseAddress: (text: string) => IpAddress | null;
  readonly clock: Clock;
}

/** Where the address was at the time of the login; kept with the case, because databases move addresses. */
export interface PagePlace {
  readonly country: string | null;
  readonly region: string | null;
  readonly city: string | null;
  readonly organisation: string | null;
  readonly asn: number | null;
}

export interface PageLists {
  /** Lists that name the address now, with the age of each copy. */
  readonly now: readonly (ListHit & {
    /** No list of its kind named the address at the time of the login. */
    readonly isSinceLogin: boolean;
  })[];
  /** Kinds of lists that named it at the time of the login and do no more. */
  readonly noLonger: readonly string[];
}

export interface CasePage {
  readonly usual: Part<readonly UsualRow[]>;
  readonly timeline: Part<readonly TimelineEntry[]>;
  readonly counterfactual: Part<Counterfactual>;
  readonly account: Part<AccountFacts>;
  /** What was signed in to. */
  readonly asset: Part<Asset>;
  readonly place: Part<PagePlace>;
  readonly lists: Part<PageLists>;
  /** The day of the login in this tenant. */
  readonly baseline: Part<PageBaseline>;
}

export const timelineMax = 50;
/** A person waits for the page; what takes longer is looked at later. */
const partLimitMs = 1_500;
/** The identity provider is asked over the network. */
const accountLimitMs = 3_000;

/** Never rejects. */
export async function casePage(found: Case, ports: CasePagePorts): Promise<CasePage> {
  const { clock } = ports;
  const part = <T>(make: () => Part<T> | Promise<Part<T>>, limitMs = partLimitMs): Promise<Part<T>> => partWithin(make, limitMs, clock);
  const [usual, timeline, counterfactual, account, asset, lists, baseline] = await Promise.all([
    part(() => usualPart(found, ports)),
    part(() => here(clock.nowMs(), timelineOf(ports.assessments.byAccount(found.tenant, found.account, timelineMax), thisLogin(found)))),
    part(() => here(found.occurredAtMs, counterfactualOf(recordOf(found, ports), ports.deciders(found.assessment)))),
    part(() => accountPart(found, ports), accountLimitMs),
    part(() => assetPart(found, ports.assets)),
    part(() => listsPart(found, ports)),
    part(() => baselinePart(found, ports.baselines)),
  ]);
  return { usual, timeline, counterfactual, account, asset, place: here(found.occurredAtMs, placeOf(found)), lists, baseline };
}

function recordOf({ tenant, assessmentId }: Case, { assessments }: CasePagePorts): StoredAssessment | null {
  return assessments.byId(tenant, assessmentId);
}

function thisLogin({ assessmentId, visit }: Case): { assessmentId: string; device: string | null } {
  return { assessmentId, device: visit.device };
}

/** With a log or profiles out of reach there is still the evidence. */
async function usualPart(found: Case, ports: CasePagePorts): Promise<Part<readonly UsualRow[]>> {
  const { tenant, account, assessment, visit } = found;
  const read = async (): Promise<Part<AccountProfile | null>> =>
    here(ports.clock.nowMs(), await ports.profiles.readAccount(tenant, account));
  const [profile, record] = await Promise.all([
    partWithin(read, partLimitMs / 2, ports.clock),
    partWithin(() => here(ports.clock.nowMs(), recordOf(found, ports)), partLimitMs / 2, ports.clock),
  ]);
  const known: AccountProfile | null | AbsenceCause =
    profile.kind === 'here' ? profile.value : profile.cause === 'late' ? 'late' : 'unavailable';
  return here(ports.clock.nowMs(), usualTable({ assessment, visit, record: record.kind === 'here' ? record.value : null, profile: known }));
}

async function accountPart({ tenant, shown }: Case, { accountFacts }: CasePagePorts): Promise<Part<AccountFacts>> {
  if (accountFacts === null) return absentPart('not_configured');
  const answer = await accountFacts.of(tenant, shown.userId);
  return answer.kind === 'facts' ? here(answer.asOfMs, answer.facts) : absentPart(answer.cause);
}

function placeOf({ shown, visit }: Case): PagePlace {
  const { country, region, city, organisation } = shown;
  return { country, region, city, organisation, asn: visit.asn };
}

function listsPart({ shown, context }: Case, { ip, parseAddress, clock }: CasePagePorts): Part<PageLists> {
  const address = parseAddress(shown.ip);
  if (address === null) return absentPart('unknown');
  const nowMs = clock.nowMs();
  const hits = ip.lookup(address, nowMs).lists;
  const kinds = new Set<string>(hits.map(({ kind }): ListKind => kind));
  return here(nowMs, {
    now: hits.map((hit) => ({ ...hit, isSinceLogin: !context.lists.includes(hit.kind) })),
    noLonger: context.lists.filter((kind) => !kinds.has(kind)),
  });
}
