// Somebody is trying credentials: failures around the attempt, other accounts tried from the same place or device, other sources trying
// this account.
import type { EvidenceView } from '../evidence-view.ts';
import type { MessageId } from '../messages/en.ts';
import type { Wording } from '../wording.ts';
import { type Found, only, type Story } from './story.ts';

interface Scope {
  readonly code: string;
  readonly id: MessageId;
  /** Keys of failures and tries within the hour, then within the day. Null: tries are not counted. */
  readonly hour: readonly [failures: string, tries: string | null];
  readonly day: readonly [failures: string, tries: string | null];
}

const scopes: readonly Scope[] = [
  { code: 'FAILURES_ON_ACCOUNT', id: 'guessing.on_account', hour: ['failures_1h', null], day: ['failures_24h', null] },
  { code: 'FAILURES_FROM_ADDRESS', id: 'guessing.from_address', hour: ['failures_1h', 'tries_1h'], day: ['failures_24h', null] },
  {
    code: 'FAILURES_FROM_BLOCK',
    id: 'guessing.from_block',
    hour: ['failures_elsewhere_1h', 'tries_elsewhere_1h'],
    day: ['failures_elsewhere_24h', null],
  },
  { code: 'FAILURES_FROM_NETWORK', id: 'guessing.from_network', hour: ['failures_1h', 'tries_1h'], day: ['failures_24h', 'tries_24h'] },
];

interface Failures {
  readonly part: string;
  readonly window: 'hour' | 'day';
  /** Whether the tries were counted as well, so that a share can be compared. */
  readonly shared: boolean;
}

/** Below so many tries a share says nothing. */
const sharedTriesMin = 5;

/** The window that tells more: the hour, unless most of the day's failures lie before it. */
function tellingWindow(view: EvidenceView, scope: Scope): 'hour' | 'day' | null {
  const hour = view.raw(scope.hour[0]) ?? 0;
  const day = view.raw(scope.day[0]) ?? 0;
  if (hour >= 0.5 && 2 * hour >= day) return 'hour';
  return day >= 0.5 ? 'day' : null;
}

/** What failed in one scope. */
function failuresIn(scope: Scope, found: Found, words: Wording): Failures | null {
  const view = found.view(scope.code);
  const window = view === null ? null : tellingWindow(view, scope);
  if (view === null || window === null) return null;
  const [failuresKey, triesKey] = scope[window];
  const failures = view.count(failuresKey) as number;
  const tries = triesKey === null ? null : view.count(triesKey);
  // Outcomes that are told late leave more failures than tries.
  if (tries === null || tries < failures) {
    return { part: words.say(scope.id, { failed: words.say('guessing.failed', { failures }) }), window, shared: false };
  }
  const failed = words.say('guessing.failed_of', { failures, tries });
  return { part: words.say(scope.id, { failed }), window, shared: tries >= sharedTriesMin };
}

function failuresSentence(all: readonly Failures[], window: 'hour' | 'day', words: Wording): string | null {
  const parts = all.filter((failures) => failures.window === window);
  if (parts.length === 0) return null;
  return words.say(window === 'hour' ? 'guessing.hour' : 'guessing.day', { parts: words.list(parts.map(({ part }) => part)) });
}

function successSentence(found: Found, words: Wording, accountTold: boolean): string | null {
  const view = found.view('SUCCESS_AFTER_FAILURES');
  if (view === null) return null;
  const on = accountTold ? 0 : (view.raw('account_failures_1h') ?? 0);
  const others = view.raw('address_failures_on_others_10m') ?? 0;
  const parts = only(
    on >= 0.5 ? words.say('guessing.before_on_account', { failures: view.count('account_failures_1h') as number }) : null,
    others >= 0.5 ? words.say('guessing.before_on_others', { failures: view.count('address_failures_on_others_10m') as number }) : null,
  );
  const strange = view.flag('address_known_to_account') === false;
  if (parts.length === 0) return words.say(strange ? 'guessing.success_elsewhere' : 'guessing.success');
  return words.say(strange ? 'guessing.success_after_elsewhere' : 'guessing.success_after', { parts: words.list(parts) });
}

function newDeviceSentence(found: Found, words: Wording, accountTold: boolean): string | null {
  const view = found.view('NEW_DEVICE_AFTER_FAILURES');
  if (view === null) return null;
  const failures = view.raw('failures_on_account_1h') ?? 0;
  if (accountTold || failures < 0.5) return words.say('guessing.new_device');
  return words.say('guessing.new_device_after', { failures: view.count('failures_on_account_1h') as number });
}

function tellFailures(found: Found, words: Wording): string[] {
  const all = scopes.map((scope) => failuresIn(scope, found, words)).filter((failures) => failures !== null);
  const accountTold = found.has('FAILURES_ON_ACCOUNT');
  const told = only(
    failuresSentence(all, 'hour', words),
    failuresSentence(all, 'day', words),
    successSentence(found, words, accountTold),
    newDeviceSentence(found, words, accountTold),
    found.has('HOSTING_AFTER_FAILURES') ? words.say('guessing.hosting') : null,
    all.some(({ shared }) => shared) ? words.say('guessing.usual') : null,
  );
  return told.length === 0 ? [words.say('guessing.unusual_share')] : told;
}

export const failures: Story = {
  name: 'failures',
  codes: [...scopes.map(({ code }) => code), 'SUCCESS_AFTER_FAILURES', 'NEW_DEVICE_AFTER_FAILURES', 'HOSTING_AFTER_FAILURES'],
  tell: tellFailures,
  headline(found, words) {
    if (found.has('SUCCESS_AFTER_FAILURES')) return words.say('headline.success_after_failures');
    if (found.has('NEW_DEVICE_AFTER_FAILURES')) return words.say('headline.new_device_after_failures');
    return words.say('headline.failures');
  },
};

/** "64 or more" where counting stopped. */
function counted(view: EvidenceView, key: string, words: Wording): string | null {
  const count = view.raw(key) ?? 0;
  if (count < 0.5) return null;
  const atMost = view.raw('counted_at_most');
  const id = atMost !== null && count >= atMost ? 'count.at_least' : 'count.exactly';
  return words.say(id, { count: view.count(key) as number });
}

function accountsTried(view: EvidenceView, words: Wording): string {
  const part = (key: string, id: MessageId): string | null => {
    const count = counted(view, key, words);
    return count === null ? null : words.say(id, { count });
  };
  const sameInDay = view.raw('strange_accounts_24h') === view.raw('strange_accounts_1h');
  const parts = only(
    part('strange_accounts_1h', 'spray.in_hour'),
    sameInDay ? null : part('strange_accounts_24h', 'spray.in_day'),
    part('strange_accounts_elsewhere_in_block_1h', 'spray.in_block'),
  );
  return parts.length === 0 ? words.say('spray.tried') : words.say('spray.tried_parts', { parts: words.list(parts) });
}

export const spray: Story = {
  name: 'spray',
  codes: ['PASSWORD_SPRAY', 'ACCOUNTS_TRIED_FROM_ADDRESS'],
  tell(found, words) {
    const view = found.any(['PASSWORD_SPRAY', 'ACCOUNTS_TRIED_FROM_ADDRESS']) as EvidenceView;
    return only(
      accountsTried(view, words),
      found.has('PASSWORD_SPRAY') ? words.say('spray.shape') : null,
      view.count('accounts_known_good_here') === 0 ? words.say('spray.nobody_at_home') : null,
    );
  },
  headline: (found, words) => words.say(found.has('PASSWORD_SPRAY') ? 'headline.spray' : 'headline.accounts_tried'),
};

export const sources: Story = {
  name: 'sources',
  codes: ['MANY_SOURCES_ON_ACCOUNT'],
  tell(found, words) {
    const view = found.view('MANY_SOURCES_ON_ACCOUNT') as EvidenceView;
    const part = (key: string, id: MessageId): string | null => {
      const count = view.raw(key) ?? 0;
      return count < 0.5 ? null : words.say(id, { count: view.count(key) as number });
    };
    const parts = only(
      part('unknown_addresses_24h', 'sources.addresses'),
      part('unknown_networks_24h', 'sources.networks'),
      part('unknown_devices_24h', 'sources.devices'),
    );
    return [parts.length === 0 ? words.say('sources.some') : words.say('sources.many', { parts: words.list(parts) })];
  },
  headline: (_found, words) => words.say('headline.sources'),
};

export const sharedDevice: Story = {
  name: 'shared_device',
  codes: ['DEVICE_SHARED_BY_ACCOUNTS'],
  tell(found, words) {
    const view = found.view('DEVICE_SHARED_BY_ACCOUNTS') as EvidenceView;
    const accounts = view.count('other_accounts_24h') ?? 0;
    const strangers = view.count('without_good_login_24h') ?? 0;
    const failed = view.count('failures_24h') ?? 0;
    const tried = strangers >= accounts ? 'shared.accounts_in_vain' : 'shared.accounts';
    const told = only(
      accounts === 0 ? null : words.say(tried, { accounts, strangers }),
      failed === 0 ? null : words.say('shared.failures', { failures: failed }),
    );
    return told.length === 0 ? [words.say('shared.pattern')] : told;
  },
  headline: (_found, words) => words.say('headline.shared_device'),
};
