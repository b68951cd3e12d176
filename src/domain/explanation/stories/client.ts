// What the client looks like: unusual for the account or for anybody, in another language or time zone, automated, contradicting itself.
import type { EvidenceView } from '../evidence-view.ts';
import type { MessageId } from '../messages/en.ts';
import type { Wording } from '../wording.ts';
import { capital, clientOf, type Found, named, only, type Story } from './story.ts';

/** A factor below this is no rarity worth a number. */
const factorMin = 1.5;

const attributeThings: Readonly<Record<string, MessageId>> = {
  browser: 'thing.browser',
  os: 'thing.system',
  device_type: 'thing.device_type',
};

function unusualSentences(view: EvidenceView | null, words: Wording): string[] {
  if (view === null) return [];
  const logins = view.count('good_logins_with_it');
  const total = view.count('good_logins');
  if (logins === null || total === null || total === 0 || logins > total) return [words.say('client.unusual')];
  const thing = named(words, attributeThings[view.token('attribute') ?? ''] ?? 'thing.client', typeOr(view, 'observed', words));
  const usual = typeOr(view, 'usual', words);
  const factor = Math.exp(view.raw('ratio_log') ?? 0) >= factorMin ? (view.amount('ratio_log') as string) : null;
  const args = { thing, logins, total };
  const other = usual !== null && usual !== typeOr(view, 'observed', words);
  return only(
    capital(other ? words.say('client.use_usual', { ...args, usual }) : words.say('client.use', args)),
    factor === null ? null : words.say('client.rarer', { factor }),
  );
}

/** Kinds of devices are words of the language, browsers and systems are names. */
function typeOr(view: EvidenceView, key: string, words: Wording): string | null {
  const name = view.name(key);
  return name === null || view.token('attribute') !== 'device_type' ? name : words.say('device_type', { type: name });
}

function rareSentence(view: EvidenceView | null, words: Wording): string | null {
  if (view === null) return null;
  const share = view.amount('browser_share');
  const client = clientOf(view, words);
  if (share === null || (view.raw('browser_share') as number) > rareShareMax) return words.say('client.rare');
  return words.say('client.rare_share', { share, client: client ?? words.say('client.this') });
}

/** More than one in ten is not rare; then it is system or kind of device that is. */
const rareShareMax = 0.1;

export const client: Story = {
  name: 'client',
  codes: ['UNUSUAL_CLIENT', 'RARE_CLIENT'],
  tell: (found, words) => only(...unusualSentences(found.view('UNUSUAL_CLIENT'), words), rareSentence(found.view('RARE_CLIENT'), words)),
  headline: (found, words) => words.say(found.has('UNUSUAL_CLIENT') ? 'headline.unusual_client' : 'headline.rare_client'),
};

function languageSentence(view: EvidenceView | null, words: Wording): string | null {
  if (view === null) return null;
  const language = view.name('language');
  const usual = view.name('usual_language');
  const logins = view.count('good_logins_with_it');
  const total = view.count('good_logins') ?? 0;
  if (language === null || logins === null || logins > total) return words.say('locale.language');
  if (total === 0) return words.say('locale.language_first', { language });
  if (usual === null || usual === language) return words.say('locale.language_use', { language, logins, total });
  return words.say('locale.language_instead', { language, usual, logins, total });
}

const zones = ['TIMEZONE_MISMATCH', 'NEW_TIMEZONE', 'TIMEZONE_IN_DOUBT'] as const;

function zoneSentences(found: Found, words: Wording): string[] {
  const view = found.any(zones);
  if (view === null) return [];
  const device = view.name('device_time_zone');
  const address = view.name('address_time_zone');
  const usual = view.name('usual_time_zone');
  const hours = view.raw('difference_hours');
  const differs = found.has('TIMEZONE_MISMATCH') && device !== null && address !== null && hours !== null && hours > 0;
  const fresh = view.raw('good_logins_in_zone') === 0 && (view.raw('good_logins') ?? 0) > 0;
  const told = only(
    differs ? words.say('locale.clock', { device, address, difference: view.amount('difference_hours') as string }) : null,
    fresh && device !== null ? words.say('locale.zone_new', { zone: device, logins: view.count('good_logins') as number }) : null,
    fresh && device !== null && usual !== null && usual !== device ? words.say('locale.zone_usual', { usual }) : null,
  );
  return told.length === 0 ? [words.say(found.has('TIMEZONE_MISMATCH') ? 'locale.clock_off' : 'locale.zone_doubt')] : told;
}

export const locale: Story = {
  name: 'locale',
  codes: ['LANGUAGE_CHANGED', ...zones],
  tell: (found, words) => only(languageSentence(found.view('LANGUAGE_CHANGED'), words), ...zoneSentences(found, words)),
  headline(found, words) {
    if (found.has('TIMEZONE_MISMATCH')) return words.say('headline.clock');
    return words.say(found.has('LANGUAGE_CHANGED') ? 'headline.language' : 'headline.time_zone');
  },
};

const kinds: Readonly<Record<string, MessageId>> = {
  http_library: 'machine.http_library',
  headless: 'machine.headless',
  crawler: 'machine.crawler',
  empty: 'machine.empty',
};

function automationSentence(view: EvidenceView | null, words: Wording): string | null {
  if (view === null) return null;
  const kind = kinds[view.token('client_kind') ?? ''];
  const clauses = only(
    kind === undefined ? null : words.say(kind),
    view.flag('remotely_controlled') === true ? words.say('machine.remote') : null,
  );
  return clauses.length === 0 ? words.say('machine.possible') : words.say('machine.client', { clauses: words.list(clauses) });
}

const contradictions: Readonly<Record<string, MessageId>> = {
  hint_platform: 'contradiction.hint_platform',
  hint_mobile: 'contradiction.hint_mobile',
  hint_brands: 'contradiction.hint_brands',
  navigator_platform: 'contradiction.navigator_platform',
  screen: 'contradiction.screen',
  time_zone: 'contradiction.time_zone',
};

function contradictionSentence(view: EvidenceView | null, words: Wording): string | null {
  if (view === null) return null;
  const compared = view.count('compared');
  const names = view.tokens('contradictions').map((name) => words.say(contradictions[name] as MessageId));
  if (names.length > 0) return words.say('machine.contradicts', { names: words.list(names), count: names.length });
  const agreed = view.count('agreed');
  return compared === null || agreed === null ? words.say('machine.unconfirmed') : words.say('machine.confirmed_by', { agreed, compared });
}

function timingSentences(view: EvidenceView | null, words: Wording): string[] {
  if (view === null) return [];
  const keys = view.count('keys') ?? 0;
  const gap = view.amount('mean_gap_ms');
  const spread = view.amount('gap_spread_ms');
  const form = view.amount('form_ms');
  return only(
    keys === 0 || gap === null || spread === null ? words.say('machine.timing') : words.say('machine.timing_gaps', { keys, gap, spread }),
    view.flag('form_too_short') === true && form !== null ? words.say('machine.form', { form }) : null,
  );
}

export const machine: Story = {
  name: 'machine',
  codes: ['AUTOMATION', 'INCONSISTENT_DEVICE', 'INHUMAN_TIMING'],
  tell: (found, words) =>
    only(
      automationSentence(found.view('AUTOMATION'), words),
      contradictionSentence(found.view('INCONSISTENT_DEVICE'), words),
      ...timingSentences(found.view('INHUMAN_TIMING'), words),
    ),
  headline(found, words) {
    if (found.has('AUTOMATION')) return words.say('headline.automation');
    return words.say(found.has('INHUMAN_TIMING') ? 'headline.inhuman_timing' : 'headline.contradiction');
  },
};
