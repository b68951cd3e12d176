// network.anonymity: whether the address hides where its user is, and whether this account is used to that.
import { defineSignal } from '../definition.ts';
import { rounded } from '../measure.ts';
import type { AccountProfile } from '../../profile/account.ts';
import type { ListHit, ListKind } from '../../ip-facts.ts';

/** Worst first: the code names the first that holds. */
const kinds = ['tor', 'proxy', 'vpn', 'relay'] as const satisfies readonly ListKind[];
const codeOf = ['TOR_EXIT', 'OPEN_PROXY', 'VPN', 'PRIVACY_RELAY'] as const;

function listed(lists: readonly ListHit[], kind: ListKind): boolean {
  for (const hit of lists) if (hit.kind === kind) return true;
  return false;
}

/** Share of the recent good logins that were anonymous, one ordinary login added so that a single one is no habit. NaN without any. */
function anonymousShare(account: AccountProfile | null): number {
  if (account === null || account.recent.length === 0) return Number.NaN;
  let anonymous = 0;
  for (const visit of account.recent) if (visit.anonymous) anonymous++;
  return anonymous / (account.recent.length + 1);
}

export const networkAnonymity = defineSignal({
  name: 'network.anonymity',
  title: 'Anonymous network',
  describes:
    "Whether lists name the address as a Tor exit, an open proxy, a VPN or a privacy relay. Somebody hides where they are; that is a habit of many careful people, so the share of the account's own good logins that were anonymous stands beside it. A relay such as a phone maker's is near to harmless. An address that no list can know (private, reserved) is unknown.",
  features: [
    { name: 'anonymity_tor', monotone: 1, sentence: '1 when the address is a Tor exit, else 0.' },
    { name: 'anonymity_proxy', monotone: 1, sentence: '1 when the address is an open or public proxy, else 0.' },
    { name: 'anonymity_vpn', monotone: 1, sentence: '1 when the address belongs to a VPN service, else 0.' },
    { name: 'anonymity_relay', monotone: 1, sentence: '1 when the address is a privacy relay, else 0.' },
    { name: 'anonymity_usual_share', monotone: -1, sentence: "Share of the account's recent good logins that were anonymous, 0 to 1." },
  ],
  codes: {
    TOR_EXIT: { direction: 'raises', sentence: 'The attempt comes through the Tor network.' },
    OPEN_PROXY: { direction: 'raises', sentence: 'The attempt comes through a public proxy.' },
    VPN: { direction: 'raises', sentence: 'The attempt comes through a VPN service.' },
    PRIVACY_RELAY: { direction: 'raises', sentence: 'The attempt comes through a privacy relay.' },
    ANONYMITY_UNKNOWN: {
      direction: 'raises',
      sentence: 'Whether the address hides its user is not known well enough to speak for the attempt.',
    },
    USUAL_ANONYMITY: {
      direction: 'lowers',
      sentence: 'The address hides its user, in a way that this account or people in general commonly use.',
    },
    NOT_ANONYMOUS: { direction: 'lowers', sentence: 'No list names the address as a way to hide.' },
  },
  rules: [
    { name: 'tor_exit', points: 2, sentence: 'The address is a Tor exit.', holds: (x, at) => x[at] === 1 },
    {
      name: 'open_proxy',
      points: 1.2,
      sentence: 'The address is a public proxy and no Tor exit.',
      holds: (x, at) => x[at + 1] === 1 && x[at] !== 1,
    },
    {
      name: 'vpn',
      points: 0.7,
      sentence: "The address is a VPN's, neither Tor exit nor public proxy.",
      holds: (x, at) => x[at + 2] === 1 && x[at] !== 1 && x[at + 1] !== 1,
    },
    {
      name: 'usual_anonymity',
      points: -0.7,
      sentence: 'The address is anonymous, and so were at least half of the recent good logins.',
      holds: (x, at) => (x[at + 4] as number) >= 0.5 && ((x[at] as number) > 0 || (x[at + 1] as number) > 0 || (x[at + 2] as number) > 0),
    },
  ],
  derive(facts, out, at) {
    const { lists } = facts.ip;
    if (lists.length === 0 && facts.attempt.ip.scope !== 'public') return 'unknown';
    for (let i = 0; i < kinds.length; i++) out[at + i] = listed(lists, kinds[i] as ListKind) ? 1 : 0;
    out[at + 4] = anonymousShare(facts.account);
    return null;
  },
  explain(facts, x, at, contribution) {
    const first = kinds.findIndex((_, i) => x[at + i] === 1);
    const hits = facts.ip.lists.filter((hit) => (kinds as readonly string[]).includes(hit.kind));
    const raises = contribution > 0;
    return {
      code: first < 0 ? (raises ? 'ANONYMITY_UNKNOWN' : 'NOT_ANONYMOUS') : raises ? (codeOf[first] as string) : 'USUAL_ANONYMITY',
      evidence: {
        kinds: hits.map((hit) => hit.kind),
        lists: hits.map((hit) => hit.list),
        list_age_days: hits[0] === undefined ? null : rounded(hits[0].ageDays),
        anonymous_share_of_recent: rounded(x[at + 4] as number),
        recent_good_logins: facts.account?.recent.length ?? 0,
      },
    };
  },
});
