// Whether it is the person: a device id or session out of place, other hands on the keys, what was proved and how lately it was changed,
// challenges that nobody passed, and what is known of the account at all.
import type { EvidenceView } from '../evidence-view.ts';
import type { Wording } from '../wording.ts';
import { type Found, instead, named, only, type Story } from './story.ts';

function replaySentence(view: EvidenceView | null, words: Wording): string | null {
  if (view === null) return null;
  const pairs = only(
    instead(words, view.name('os'), view.name('usual_os')),
    instead(words, view.name('browser'), view.name('usual_browser')),
    instead(words, view.name('asn'), view.name('last_asn')),
    instead(words, view.name('country'), view.name('last_country')),
  );
  return pairs.length === 0 ? words.say('replay.out_of_place') : words.say('replay.pairs', { pairs: words.list(pairs) });
}

function stolenSentence(view: EvidenceView | null, words: Wording): string | null {
  if (view === null) return null;
  return words.say('replay.stolen', { country: named(words, 'thing.in_new_country', view.name('country')) });
}

function sessionSentence(view: EvidenceView | null, words: Wording): string | null {
  if (view === null) return null;
  const pairs = only(
    instead(words, view.name('country'), view.name('began_in_country')),
    instead(words, view.name('os'), view.name('began_on_os')),
    instead(words, view.name('asn'), view.name('began_on_asn')),
    view.flag('same_device_id') === false ? words.say('replay.other_id') : null,
  );
  const ago = view.ago('began_days_ago');
  if (pairs.length === 0) return words.say('replay.session');
  return ago === null
    ? words.say('replay.session_pairs', { pairs: words.list(pairs) })
    : words.say('replay.session_pairs_ago', { pairs: words.list(pairs), ago });
}

export const replay: Story = {
  name: 'replay',
  codes: ['DEVICE_ID_REPLAYED', 'KNOWN_DEVICE_ON_STRANGE_HOSTING', 'SESSION_CONTEXT_CHANGED'],
  tell: (found, words) =>
    only(
      replaySentence(found.view('DEVICE_ID_REPLAYED'), words),
      stolenSentence(found.view('KNOWN_DEVICE_ON_STRANGE_HOSTING'), words),
      sessionSentence(found.view('SESSION_CONTEXT_CHANGED'), words),
    ),
  headline: (found, words) =>
    words.say(found.has('DEVICE_ID_REPLAYED') || found.has('KNOWN_DEVICE_ON_STRANGE_HOSTING') ? 'headline.replay' : 'headline.session'),
};

export const typing: Story = {
  name: 'typing',
  codes: ['TYPING_MISMATCH'],
  tell(found, words) {
    const view = found.view('TYPING_MISMATCH') as EvidenceView;
    const samples = view.count('samples_learnt') ?? 0;
    const distance = view.raw('distance');
    // Nearer than its own usual deviations is no distance to speak of.
    if (distance === null || distance < 1 || samples === 0) return [words.say('typing.mismatch')];
    return [words.say('typing.mismatch_by', { factor: view.amount('distance') as string, samples })];
  },
  headline: (_found, words) => words.say('headline.typing'),
};

/** Closer than this on the clock is the same habit; hour-density.ts takes ninety minutes for one standard deviation of it. */
const strangeMinutesMin = 90;

function hourSentence(view: EvidenceView | null, words: Wording): string | null {
  if (view === null) return null;
  const time = view.token('time_utc');
  const weekday = view.token('weekday_utc');
  const logins = view.count('good_logins_compared') ?? 0;
  const nearest = view.amount('nearest_minutes_of_day');
  if (time === null || weekday === null || logins === 0) return words.say('timing.unusual');
  const args = { time, weekday, logins };
  // So near to the time of an earlier login it is the day of the week that is strange.
  return nearest === null || (view.raw('nearest_minutes_of_day') as number) < strangeMinutesMin
    ? words.say('timing.unusual_hour', args)
    : words.say('timing.unusual_hour_nearest', { ...args, nearest });
}

function dormantSentence(view: EvidenceView | null, words: Wording): string | null {
  if (view === null) return null;
  const ago = view.ago('last_good_login_days_ago');
  const usual = (view.raw('usual_interval_days') ?? 0) > 0 ? view.amount('usual_interval_days') : null;
  if (ago === null) return words.say('timing.dormant');
  return usual === null ? words.say('timing.dormant_since', { ago }) : words.say('timing.dormant_usual', { ago, usual });
}

export const timing: Story = {
  name: 'timing',
  codes: ['UNUSUAL_HOUR', 'DORMANT_ACCOUNT'],
  tell: (found, words) => only(hourSentence(found.view('UNUSUAL_HOUR'), words), dormantSentence(found.view('DORMANT_ACCOUNT'), words)),
  headline: (found, words) => words.say(found.has('DORMANT_ACCOUNT') ? 'headline.dormant' : 'headline.hour'),
};

const methods = ['BREACHED_PASSWORD', 'RECOVERY_USED', 'PHISHABLE_METHOD'] as const;

function methodSentence(found: Found, words: Wording): string | null {
  if (found.has('BREACHED_PASSWORD')) return words.say('credential.breached');
  if (found.has('RECOVERY_USED')) return words.say('credential.recovery');
  const view = found.view('PHISHABLE_METHOD');
  return view === null
    ? null
    : words.say('credential.phishable', { method: words.say('method', { method: view.token('method') ?? 'other' }) });
}

function changeSentence(view: EvidenceView | null, words: Wording): string | null {
  if (view === null) return null;
  const ago = view.ago('changed_hours_ago');
  if (ago === null) return words.say('credential.changed');
  return words.say(view.flag('good_login_since') === false ? 'credential.changed_unproven' : 'credential.changed_ago', { ago });
}

export const credential: Story = {
  name: 'credential',
  codes: [...methods, 'RECENT_CREDENTIAL_CHANGE'],
  tell(found, words) {
    // What was found out about the credential is a use of the evidence even where the sentence needs no value.
    const view = found.any(methods);
    view?.token('method');
    view?.flag('breached');
    return only(methodSentence(found, words), changeSentence(found.view('RECENT_CREDENTIAL_CHANGE'), words));
  },
  headline(found, words) {
    if (found.has('BREACHED_PASSWORD')) return words.say('headline.breached');
    if (found.has('RECOVERY_USED')) return words.say('headline.recovery');
    return words.say(found.has('RECENT_CREDENTIAL_CHANGE') ? 'headline.credential_change' : 'headline.phishable');
  },
};

export const challenges: Story = {
  name: 'challenges',
  codes: ['PUSH_FATIGUE', 'CHALLENGES_FAILED'],
  tell(found, words) {
    const view = found.any(['PUSH_FATIGUE', 'CHALLENGES_FAILED']) as EvidenceView;
    const hour = view.raw('challenges_failed_1h') ?? 0;
    const fatigue = found.has('PUSH_FATIGUE') ? words.say('challenges.fatigue') : null;
    if (hour < 0.5) return only(words.say('challenges.failed'), fatigue);
    const count = view.count('challenges_failed_1h') as number;
    const recent = view.count('challenges_failed_10m') ?? 0;
    if (recent >= count) return only(words.say('challenges.all_in_minutes', { count: recent }), fatigue);
    return only(recent === 0 ? words.say('challenges.in_hour', { count }) : words.say('challenges.in_minutes', { count, recent }), fatigue);
  },
  headline: (found, words) => words.say(found.has('PUSH_FATIGUE') ? 'headline.push_fatigue' : 'headline.challenges'),
};

export const young: Story = {
  name: 'young',
  codes: ['NEW_ACCOUNT'],
  tell(found, words) {
    const view = found.view('NEW_ACCOUNT') as EvidenceView;
    const logins = view.count('good_logins');
    const first = view.ago('first_good_login_days_ago');
    const created = view.ago('account_age_days');
    if (logins === null) return [words.say('young.little')];
    return only(
      logins > 0 && first !== null ? words.say('young.logins_since', { logins, first }) : words.say('young.logins', { logins }),
      created === null ? null : words.say('young.created', { created }),
    );
  },
  headline: (_found, words) => words.say('headline.young'),
};
