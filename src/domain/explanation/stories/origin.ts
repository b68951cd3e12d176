// Where the attempt comes from: what sort of address it is, whether it hides somebody, what others have reported of it, and whether
// anybody else here uses its network.
import type { EvidenceView } from '../evidence-view.ts';
import type { MessageId } from '../messages/en.ts';
import type { Wording } from '../wording.ts';
import { capital, type Found, named, only, operatorOf, type Story } from './story.ts';

const hiding: Readonly<Record<string, MessageId>> = {
  TOR_EXIT: 'origin.tor',
  OPEN_PROXY: 'origin.proxy',
  VPN: 'origin.vpn',
  PRIVACY_RELAY: 'origin.relay',
};
const hidingHeadlines: Readonly<Record<string, MessageId>> = {
  TOR_EXIT: 'headline.tor',
  OPEN_PROXY: 'headline.proxy',
  VPN: 'headline.vpn',
  PRIVACY_RELAY: 'headline.relay',
};
const silent = ['ANONYMITY_UNKNOWN', 'BLOCKLIST_SILENT', 'NETWORK_KIND_IN_DOUBT'] as const;

function listedClause(view: EvidenceView | null, words: Wording): string | null {
  if (view === null) return null;
  const reports = view.count('reports');
  const age = (view.raw('list_age_days') ?? 0) > 0 ? view.amount('list_age_days') : null;
  if (reports === null || reports === 0) return words.say('origin.listed');
  return age === null ? words.say('origin.reported', { reports }) : words.say('origin.reported_with_age', { reports, age });
}

function habitSentence(found: Found, words: Wording): string | null {
  const view = found.any(Object.keys(hiding));
  const recent = view?.count('recent_good_logins') ?? 0;
  const share = view?.raw('anonymous_share_of_recent') ?? null;
  if (view === null || share === null || recent === 0) return null;
  // The share counts one ordinary login more than there were, so only nothing can be said exactly.
  return share === 0 ? words.say('origin.never_hidden', { recent }) : words.say('origin.sometimes_hidden', { recent });
}

function tellOrigin(found: Found, words: Wording): string[] {
  const kind = found.view('HOSTING_NETWORK');
  const hidden = Object.keys(hiding).find((code) => found.has(code));
  const clauses = only(
    kind === null ? null : named(words, 'origin.hosting', found.once(operatorOf(kind))),
    hidden === undefined ? null : words.say(hiding[hidden] as MessageId),
    listedClause(found.view('IP_BLOCKLISTED'), words),
  );
  if (clauses.length === 0) return [silentSentence(found, words)];
  return only(words.say('origin.address', { clauses: words.list(clauses) }), habitSentence(found, words));
}

/** Nothing is known against the address, and nothing for it. */
function silentSentence(found: Found, words: Wording): string {
  const view = found.view('NETWORK_KIND_IN_DOUBT');
  return capital(words.say('origin.silent', { network: named(words, 'thing.network', found.once(operatorOf(view))) }));
}

function originHeadline(found: Found, words: Wording): string {
  const hidden = Object.keys(hidingHeadlines).find((code) => found.has(code));
  if (hidden !== undefined) return words.say(hidingHeadlines[hidden] as MessageId);
  if (found.has('IP_BLOCKLISTED')) return words.say('headline.reported');
  return words.say(found.has('HOSTING_NETWORK') ? 'headline.hosting' : 'headline.unclear_origin');
}

export const origin: Story = {
  name: 'origin',
  codes: ['HOSTING_NETWORK', ...Object.keys(hiding), 'IP_BLOCKLISTED', ...silent],
  tell: tellOrigin,
  headline: originHeadline,
};

function rareSentence(found: Found, words: Wording): string | null {
  const view = found.view('RARE_NETWORK');
  const total = view?.count('tenant_good_logins') ?? 0;
  if (view === null || total === 0) return view === null ? null : words.say('company.rare');
  const network = view.count('from_network');
  const country = view.count('from_country');
  const where = only(
    network === null
      ? null
      : words.say('company.from_network', { logins: network, network: named(words, 'thing.this_network', found.once(operatorOf(view))) }),
    country === null || (view.raw('country_share') ?? 1) > rareShareMax
      ? null
      : words.say('company.from_country', { logins: country, country: named(words, 'thing.this_country', view.name('country')) }),
  );
  return where.length === 0 ? words.say('company.rare') : words.say('company.rare_of', { total, where: words.list(where) });
}

/** A country with more than one login in fifty is not worth naming as rare. */
const rareShareMax = 0.02;
/** More than these is no sign of anything. */
const fewAccountsMax = 3;

function unusedSentence(found: Found, words: Wording): string | null {
  const view = found.view('UNUSED_BY_OTHERS');
  // That no good login at all came from the network says the same.
  if (view === null || found.view('RARE_NETWORK')?.raw('from_network') === 0) return null;
  const accounts = view.raw('accounts_in_network');
  const days = view.count('window_days');
  if (accounts === null || days === null) return words.say('company.hardly_used');
  const args = { accounts: view.count('accounts_in_network') as number, days };
  if (accounts <= fewAccountsMax) return words.say('company.used_by', args);
  return words.say(view.raw('accounts_at_address') === 0 ? 'company.strange_address' : 'company.hardly_used', args);
}

function companyHeadline(found: Found, words: Wording): string {
  const accounts = found.view('UNUSED_BY_OTHERS')?.raw('accounts_in_network') ?? 0;
  return words.say(found.has('RARE_NETWORK') || accounts <= fewAccountsMax ? 'headline.rare_network' : 'headline.rare_address');
}

export const company: Story = {
  name: 'company',
  codes: ['RARE_NETWORK', 'UNUSED_BY_OTHERS'],
  tell: (found, words) => only(rareSentence(found, words), unusedSentence(found, words)),
  headline: companyHeadline,
};
