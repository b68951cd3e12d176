// What speaks for the attempt, said as shortly as it can be: it is there so that nobody overlooks it, not to be studied.
import type { EvidenceView } from '../evidence-view.ts';
import type { MessageId } from '../messages/en.ts';
import type { Wording } from '../wording.ts';
import { capital, clientOf, type Found, named, only, operatorOf, type Story } from './story.ts';

/** A thing with what backs it in brackets, "the device (40 good logins, last used 2 days ago)". */
function backed(words: Wording, id: MessageId, backing: readonly (string | null)[]): string {
  const known = only(...backing);
  return named(words, id, known.length === 0 ? null : known.join(', '));
}

function loginsOf(view: EvidenceView, words: Wording, key: string): string | null {
  const logins = view.raw(key) ?? 0;
  const total = view.raw('good_logins');
  if (logins < 0.5 || total === null || logins > total) return null;
  return words.say('familiar.logins_of', { logins: view.count(key) as number, total: view.count('good_logins') as number });
}

function knownDevice(view: EvidenceView | null, words: Wording): string | null {
  if (view === null) return null;
  const last = view.ago('last_used_days_ago');
  const logins = view.count('good_logins');
  return backed(words, 'thing.device', [
    clientOf(view, words),
    logins === null ? null : words.say('familiar.logins', { logins }),
    last === null ? null : words.say('familiar.last_used', { last }),
  ]);
}

function knownThings(found: Found, words: Wording): string[] {
  const network = found.view('KNOWN_NETWORK');
  const place = found.view('USUAL_PLACE');
  const atHome = found.view('DEVICE_ID_AT_HOME');
  return only(
    knownDevice(found.view('KNOWN_DEVICE'), words),
    network === null ? null : backed(words, 'thing.network', [operatorOf(network), loginsOf(network, words, 'good_logins_from_network')]),
    place === null
      ? null
      : backed(words, 'thing.place', [place.name('city') ?? place.name('country'), loginsOf(place, words, 'good_logins_in_city')]),
    atHome === null || found.has('KNOWN_DEVICE') ? null : backed(words, 'thing.device_id', [clientOf(atHome, words)]),
  );
}

function similarSentence(view: EvidenceView | null, words: Wording): string | null {
  if (view === null) return null;
  const nearest = clientOf(view, words, 'nearest_browser', 'nearest_os');
  return nearest === null ? words.say('familiar.similar') : words.say('familiar.similar_to', { nearest });
}

export const familiar: Story = {
  name: 'familiar',
  codes: [
    'KNOWN_DEVICE',
    'SIMILAR_DEVICE',
    'KNOWN_NETWORK',
    'ROAMING_ACCOUNT',
    'USUAL_PLACE',
    'DEVICE_ID_AT_HOME',
    'EVERYTHING_FAMILIAR',
    'PLACE_UNREMARKABLE',
    'NO_RISKY_COMBINATION',
  ],
  tell(found, words) {
    const things = knownThings(found, words);
    const roaming = found.view('ROAMING_ACCOUNT')?.amount('expected_new_share') ?? null;
    return only(
      things.length === 0 ? null : capital(words.say('familiar.things', { things: words.list(things), count: things.length })),
      found.has('EVERYTHING_FAMILIAR') ? words.say('familiar.everything') : null,
      similarSentence(found.view('SIMILAR_DEVICE'), words),
      found.has('ROAMING_ACCOUNT')
        ? roaming === null
          ? words.say('familiar.roaming')
          : words.say('familiar.roaming_share', { share: roaming })
        : null,
      found.has('PLACE_UNREMARKABLE') ? words.say('familiar.place') : null,
      found.has('NO_RISKY_COMBINATION') ? words.say('familiar.no_combination') : null,
    );
  },
  headline: null,
};

/** What each code says in itself, in the order in which it is said. */
type Plain = Readonly<Record<string, (view: EvidenceView, words: Wording) => string>>;
const just =
  (id: MessageId) =>
  (_view: EvidenceView, words: Wording): string =>
    words.say(id);

/** A story of clauses that share one beginning. */
function listing(name: string, frame: MessageId, clauses: Plain): Story {
  const codes = Object.keys(clauses);
  return {
    name,
    codes,
    tell(found, words) {
      const told = codes.flatMap((code) => {
        const view = found.view(code);
        return view === null ? [] : [(clauses[code] as Plain[string])(view, words)];
      });
      return [words.say(frame, { clauses: words.list([...new Set(told)]) })];
    },
    headline: null,
  };
}

function withOperator(id: MessageId): Plain[string] {
  return (view, words) => named(words, id, operatorOf(view));
}

export const ordinaryOrigin = listing('ordinary_origin', 'ordinary.address', {
  CONSUMER_NETWORK: withOperator('ordinary.consumer'),
  MOBILE_NETWORK: withOperator('ordinary.mobile'),
  ORGANISATION_NETWORK: withOperator('ordinary.organisation'),
  ORDINARY_NETWORK_KIND: withOperator('ordinary.kind'),
  SHARED_WITH_COLLEAGUES(view, words) {
    if ((view.raw('accounts_at_address') ?? 0) >= 0.5)
      return words.say('ordinary.used_by', { accounts: view.count('accounts_at_address') as number });
    if ((view.raw('accounts_in_network') ?? 0) < 0.5) return words.say('ordinary.shared');
    return words.say('ordinary.shared_by', { accounts: view.count('accounts_in_network') as number });
  },
  COMMON_NETWORK(view, words) {
    const share = view.amount('network_share');
    return share === null ? words.say('ordinary.common') : words.say('ordinary.common_share', { share });
  },
  USUAL_ANONYMITY: just('ordinary.hidden'),
  NOT_ANONYMOUS: just('ordinary.not_hidden'),
  NOT_LISTED: just('ordinary.not_listed'),
  STALE_LISTING(view, words) {
    const age = view.amount('list_age_days');
    return age === null ? words.say('ordinary.stale') : words.say('ordinary.stale_age', { age });
  },
});

const counting =
  (none: MessageId, some: MessageId, key: string): Plain[string] =>
  (view, words) =>
    (view.raw(key) ?? 0) < 0.5 ? words.say(none) : words.say(some, { count: view.count(key) as number });

export const quiet = listing('quiet', 'quiet.little', {
  NO_FAILURES_ON_ACCOUNT: just('quiet.no_account'),
  FEW_FAILURES_ON_ACCOUNT: counting('quiet.no_account', 'quiet.account', 'failures_24h'),
  NO_FAILURES_FROM_ADDRESS: just('quiet.no_address'),
  FEW_FAILURES_FROM_ADDRESS: counting('quiet.no_address', 'quiet.address', 'failures_24h'),
  FEW_FAILURES_FROM_BLOCK: counting('quiet.no_block', 'quiet.block', 'failures_elsewhere_24h'),
  USUAL_NETWORK_FAILURES: just('quiet.network'),
  FEW_ACCOUNTS: counting('quiet.no_accounts', 'quiet.accounts', 'strange_accounts_24h'),
  FEW_SOURCES_ON_ACCOUNT: counting('quiet.no_sources', 'quiet.sources', 'unknown_addresses_24h'),
  NO_BURST_BEFORE: just('quiet.no_burst'),
  DEVICE_OF_ONE_ACCOUNT: just('quiet.device'),
  NO_FAILED_CHALLENGES: just('quiet.no_challenges'),
  FEW_FAILED_CHALLENGES: counting('quiet.no_challenges', 'quiet.challenges', 'challenges_failed_1h'),
});

const naming =
  (plain: MessageId, key: string): Plain[string] =>
  (view, words) =>
    named(words, plain, view.name(key));

export const ordinaryClient = listing('ordinary_client', 'fits.client', {
  USUAL_CLIENT(view, words) {
    const observed = view.name('observed');
    return named(
      words,
      'fits.usual_client',
      view.token('attribute') === 'device_type' && observed !== null ? words.say('device_type', { type: observed }) : observed,
    );
  },
  COMMON_CLIENT: (view, words) => named(words, 'fits.common_client', clientOf(view, words)),
  CONSISTENT_DEVICE(view, words) {
    const agreed = view.raw('agreed') ?? 0;
    return agreed < 0.5 ? words.say('fits.consistent') : words.say('fits.consistent_by', { agreed: view.count('agreed') as number });
  },
  NO_AUTOMATION: just('fits.no_automation'),
  USUAL_LANGUAGE: naming('fits.language', 'language'),
  TIMEZONE_MATCH: naming('fits.clock', 'device_time_zone'),
  USUAL_TIMEZONE: naming('fits.zone', 'device_time_zone'),
  TIMEZONE_UNREMARKABLE: just('fits.zone_unremarkable'),
});

export const habits = listing('habits', 'habits.fit', {
  USUAL_HOUR(view, words) {
    const time = view.token('time_utc');
    const weekday = view.token('weekday_utc');
    return time === null || weekday === null ? words.say('habits.hour') : words.say('habits.hour_at', { time, weekday });
  },
  ACTIVE_ACCOUNT(view, words) {
    const ago = view.ago('last_good_login_days_ago');
    return ago === null ? words.say('habits.active') : words.say('habits.active_ago', { ago });
  },
  ESTABLISHED_ACCOUNT(view, words) {
    const logins = view.raw('good_logins') ?? 0;
    return logins < 0.5
      ? words.say('habits.established')
      : words.say('habits.established_by', { logins: view.count('good_logins') as number });
  },
});

export const proof = listing('proof', 'proof.frame', {
  STRONG_METHOD: (view, words) => words.say('proof.strong', { method: words.say('method', { method: view.token('method') ?? 'other' }) }),
  NO_CREDENTIAL_WARNING: just('proof.no_warning'),
  NO_RECENT_CREDENTIAL_CHANGE: just('proof.no_change'),
  TYPING_MATCH: just('proof.typing'),
  HUMAN_TIMING: just('proof.human'),
  SESSION_CONTINUES: just('proof.session'),
});
