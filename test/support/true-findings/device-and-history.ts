// Of devices, clients, languages, hours, and what is known of the account.
import { cap, type Pattern } from './pattern.ts';

export const deviceAndHistory: readonly Pattern[] = [
  {
    name: 'device/new',
    signal: 'device.familiarity',
    codes: ['NEW_DEVICE'],
    keys: ['devices_known'],
    when: (t) => t.raw('devices_known') > 1,
    say: (t) =>
      t.pick([
        'The device is new to this account.',
        'This account has never used this device.',
        'The account does not know this device.',
        `The device is not one of the ${t.num('devices_known')} devices that the account has used.`,
        `The account has ${t.num('devices_known')} known devices, but this one is new.`,
        'The login was made from an unknown device.',
        'This device has not been seen before on this account.',
      ]),
  },
  {
    name: 'device/similar',
    signal: 'device.familiarity',
    keys: ['similarity'],
    when: (t) => t.raw('similarity') > 0,
    say: (t) =>
      t.pick([
        `The most similar known device is only ${t.num('similarity')} similar.`,
        `It is ${t.num('similarity')} similar to the nearest known device.`,
      ]),
  },
  {
    name: 'device/known',
    signal: 'device.familiarity',
    codes: ['KNOWN_DEVICE'],
    keys: ['good_logins', 'last_used_days_ago'],
    when: (t) => t.raw('good_logins') > 1,
    say: (t) =>
      t.pick([
        `The account has ${t.num('good_logins')} good logins with this device.`,
        `The device was last used ${t.num('last_used_days_ago')} ago.`,
        `The device is known from ${t.num('good_logins')} good logins.`,
        'The device is known to the account.',
      ]),
  },
  {
    name: 'client/ratio',
    signal: 'device.account_rarity',
    codes: ['UNUSUAL_CLIENT'],
    keys: ['good_logins_with_it', 'good_logins'],
    when: (t) => t.raw('good_logins_with_it') === 0 && t.raw('good_logins') > 0,
    say: (t) => t.pick(['The client is unusual for this account.', `None of the ${t.num('good_logins')} good logins used this client.`]),
  },
  {
    name: 'client/rare',
    signal: 'device.rarity',
    keys: ['with_browser', 'good_logins_of_everybody', 'browser'],
    when: (t) => t.raw('good_logins_of_everybody') > 0,
    say: (t) =>
      t.pick([
        `${cap(t.num('with_browser'))} of everybody's ${t.num('good_logins_of_everybody')} good logins used this browser.`,
        `Only ${t.num('with_browser')} good logins of all users were made with ${t.name('browser')}.`,
      ]),
  },
  {
    name: 'automation',
    signal: 'device.automation',
    codes: ['AUTOMATION'],
    keys: ['remotely_controlled'],
    when: (t) => t.flag('remotely_controlled'),
    say: (t) => t.pick(['The browser is remotely controlled.', 'The client is automated.']),
  },
  {
    name: 'inconsistent',
    signal: 'device.inconsistency',
    codes: ['INCONSISTENT_DEVICE'],
    keys: ['contradictions', 'agreed', 'compared'],
    when: (t) => t.raw('compared') > 1,
    say: (t) =>
      t.pick([
        `Only ${t.num('agreed')} of ${t.num('compared')} compared claims agree.`,
        'What the client says of itself does not fit together.',
        'The claims of the client contradict each other.',
      ]),
  },
  {
    name: 'replay',
    signal: 'device.replay',
    codes: ['DEVICE_ID_REPLAYED'],
    keys: ['os', 'usual_os', 'known_to_account'],
    when: (t) => t.name('os') !== t.name('usual_os') && t.flag('known_to_account'),
    say: (t) =>
      t.pick([
        `The device id is known with ${t.name('usual_os')}, but now arrives from ${t.name('os')}.`,
        `The operating system changed from ${t.name('usual_os')} to ${t.name('os')}.`,
        'The operating system is different from before.',
      ]),
  },
  {
    name: 'sharing',
    signal: 'device.sharing',
    codes: ['DEVICE_SHARED_BY_ACCOUNTS'],
    keys: ['other_accounts_24h'],
    when: (t) => t.raw('other_accounts_24h') > 1,
    say: (t) =>
      t.pick([
        `${cap(t.num('other_accounts_24h'))} other accounts were tried with this device in the last 24 hours.`,
        `In the past day this device was tried on ${t.num('other_accounts_24h')} other accounts.`,
      ]),
  },
  {
    name: 'language',
    signal: 'history.language',
    codes: ['LANGUAGE_CHANGED'],
    keys: ['language', 'usual_language'],
    when: (t) => t.name('language') !== t.name('usual_language'),
    say: (t) =>
      t.pick([
        `The browser asks for ${t.name('language')}, while the account usually uses ${t.name('usual_language')}.`,
        `The language changed from ${t.name('usual_language')} to ${t.name('language')}.`,
        `The usual language of the account is ${t.name('usual_language')}.`,
      ]),
  },
  {
    name: 'hour/unusual',
    signal: 'history.hour',
    codes: ['UNUSUAL_HOUR'],
    keys: ['time_utc', 'times_usual'],
    when: (t) =>
      t.has('times_usual') && t.reason.items.some((i) => i.key === 'times_usual' && i.value.type === 'number' && i.value.sense === 'rarer'),
    say: (t) =>
      t.pick([
        `The login at ${t.token('time_utc')} UTC is ${t.num('times_usual')} rarer than usual for this account.`,
        'The account seldom signs in at this time of day.',
        `Logins at ${t.token('time_utc')} UTC are unusual for this account.`,
      ]),
  },
  {
    name: 'hour/nearest',
    signal: 'history.hour',
    keys: ['nearest_minutes_of_day'],
    say: (t) => `The nearest earlier login is ${t.num('nearest_minutes_of_day')} away in time of day.`,
  },
  {
    name: 'depth',
    signal: 'history.depth',
    keys: ['good_logins', 'first_good_login_days_ago'],
    when: (t) => t.raw('good_logins') > 1,
    say: (t) =>
      t.pick([
        `The account has ${t.num('good_logins')} good logins in its history.`,
        `The first good login was ${t.num('first_good_login_days_ago')} ago.`,
        `The account has a history of ${t.num('good_logins')} good logins.`,
      ]),
  },
  {
    name: 'dormancy',
    signal: 'history.dormancy',
    codes: ['DORMANT_ACCOUNT'],
    keys: ['last_good_login_days_ago', 'usual_interval_days'],
    say: (t) =>
      t.pick([
        `The last good login was ${t.num('last_good_login_days_ago')} ago, while the usual interval is ${t.num('usual_interval_days')}.`,
        `The account has been inactive for ${t.num('last_good_login_days_ago')}.`,
        'The account was dormant.',
      ]),
  },
  {
    name: 'change',
    signal: 'history.change',
    codes: ['RECENT_CREDENTIAL_CHANGE'],
    keys: ['changed_hours_ago'],
    say: (t) =>
      t.pick([
        `The credential was changed ${t.num('changed_hours_ago')} ago.`,
        `The password or factor was changed ${t.num('changed_hours_ago')} before this login.`,
      ]),
  },
  {
    name: 'session',
    signal: 'history.session',
    codes: ['SESSION_CONTEXT_CHANGED'],
    keys: ['country', 'began_in_country'],
    when: (t) => t.name('country') !== t.name('began_in_country'),
    say: (t) =>
      t.pick([
        `The session began in ${t.name('began_in_country')} and now continues from ${t.name('country')}.`,
        `The session moved from ${t.name('began_in_country')} to ${t.name('country')}.`,
      ]),
  },
];
