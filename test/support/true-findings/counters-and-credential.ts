// Of failures and tries, of what was proved and how it was typed, and of what comes together.
import { cap, type Pattern } from './pattern.ts';

export const countersAndCredential: readonly Pattern[] = [
  {
    name: 'account/failures',
    signal: 'velocity.account',
    codes: ['FAILURES_ON_ACCOUNT'],
    keys: ['failures_1h', 'failures_24h'],
    when: (t) => t.raw('failures_1h') > 1,
    say: (t) =>
      t.pick([
        `There were ${t.num('failures_1h')} failed tries on this account in the last hour.`,
        `${cap(t.num('failures_24h'))} attempts on this account failed within the last 24 hours.`,
        `In the past hour, ${t.num('failures_1h')} tries to sign in failed.`,
        `The account had ${t.num('failures_24h')} failures in the last day, ${t.num('failures_1h')} of them in the last hour.`,
      ]),
  },
  {
    name: 'account/none',
    signal: 'velocity.account',
    codes: ['NO_FAILURES_ON_ACCOUNT'],
    keys: ['failures_24h'],
    say: (t) => t.pick(['No tries on the account failed in the last 24 hours.', 'There were no failed tries in the last 24 hours.']),
  },
  {
    name: 'spread',
    signal: 'velocity.spread',
    keys: ['unknown_addresses_1h'],
    when: (t) => t.raw('unknown_addresses_1h') > 1,
    say: (t) =>
      t.pick([
        `${cap(t.num('unknown_addresses_1h'))} unknown addresses tried the account in the last hour.`,
        `In the last hour ${t.num('unknown_addresses_1h')} addresses unknown to the account tried to sign in.`,
      ]),
  },
  {
    name: 'host',
    signal: 'velocity.host',
    codes: ['FAILURES_FROM_ADDRESS'],
    keys: ['failures_1h', 'tries_1h'],
    when: (t) => t.raw('failures_1h') > 1,
    say: (t) =>
      t.pick([
        `${cap(t.num('failures_1h'))} of ${t.num('tries_1h')} tries from this address failed in the last hour.`,
        `The address made ${t.num('tries_1h')} tries in the last hour and ${t.num('failures_1h')} of them failed.`,
        `In the last hour ${t.num('failures_1h')} login attempts from this address failed.`,
      ]),
  },
  {
    name: 'block',
    signal: 'velocity.block',
    codes: ['FAILURES_FROM_BLOCK'],
    keys: ['failures_elsewhere_1h'],
    when: (t) => t.raw('failures_elsewhere_1h') > 1,
    say: (t) => `${cap(t.num('failures_elsewhere_1h'))} tries from neighbouring addresses failed in the last hour.`,
  },
  {
    name: 'asn',
    signal: 'velocity.asn',
    keys: ['failures_24h', 'tries_24h'],
    when: (t) => t.raw('failures_24h') > 1 && t.raw('tries_24h') >= t.raw('failures_24h'),
    say: (t) => `In the last 24 hours ${t.num('failures_24h')} of ${t.num('tries_24h')} tries from the rest of the network failed.`,
  },
  {
    name: 'spray',
    signal: 'velocity.spray',
    keys: ['strange_accounts_1h'],
    when: (t) => t.raw('strange_accounts_1h') > 1,
    say: (t) =>
      t.pick([
        `${cap(t.num('strange_accounts_1h'))} other accounts were tried from this address in the last hour.`,
        `In the last hour the address tried ${t.num('strange_accounts_1h')} accounts that never signed in from it.`,
      ]),
  },
  {
    name: 'burst',
    signal: 'velocity.burst',
    codes: ['SUCCESS_AFTER_FAILURES'],
    keys: ['account_failures_1h'],
    when: (t) => t.raw('account_failures_1h') > 1,
    say: (t) =>
      t.pick([
        `The credential was right after ${t.num('account_failures_1h')} failed tries on the account in the last hour.`,
        `This login succeeded after ${t.num('account_failures_1h')} failures on the account.`,
      ]),
  },
  {
    name: 'method',
    signal: 'credential.method',
    codes: ['BREACHED_PASSWORD'],
    keys: ['breached'],
    say: (t) =>
      t.pick(['The password is known from a breach.', 'The password was found in a data breach.', 'The password has been leaked.']),
  },
  {
    name: 'method/unbreached',
    signal: 'credential.method',
    keys: ['breached'],
    when: (t) => !t.flag('breached'),
    say: (t) =>
      t.pick([
        'The password is not breached.',
        'The password is not known from a breach.',
        'The password was not found in a data breach.',
        'The password has not been leaked.',
      ]),
  },
  {
    name: 'method/strong',
    signal: 'credential.method',
    codes: ['STRONG_METHOD'],
    keys: ['method'],
    when: (t) => ['passkey', 'certificate'].includes(t.token('method')),
    say: (t) => t.pick([`A ${t.token('method')} was used, which cannot be phished.`, `The login was made with a ${t.token('method')}.`]),
  },
  {
    name: 'push',
    signal: 'credential.push',
    keys: ['challenges_failed_1h'],
    when: (t) => t.raw('challenges_failed_1h') > 1,
    say: (t) =>
      t.pick([
        `${cap(t.num('challenges_failed_1h'))} challenges failed in the last hour.`,
        `In the last hour ${t.num('challenges_failed_1h')} challenges of this account were failed or left unanswered.`,
      ]),
  },
  {
    name: 'typing',
    signal: 'behaviour.typing',
    codes: ['TYPING_MISMATCH'],
    keys: ['samples_learnt'],
    when: (t) => t.raw('samples_learnt') > 1,
    say: (t) =>
      t.pick([
        'The typing rhythm does not match that of the account.',
        `The rhythm differs from the one learnt from ${t.num('samples_learnt')} samples.`,
      ]),
  },
  {
    name: 'robot',
    signal: 'behaviour.robot',
    codes: ['INHUMAN_TIMING'],
    keys: ['mean_gap_ms'],
    say: (t) =>
      t.pick([
        `The average gap between keys was ${t.num('mean_gap_ms')}.`,
        `The keys were pressed with an average gap of ${t.num('mean_gap_ms')}.`,
      ]),
  },
  {
    name: 'combination/country',
    signal: 'combination',
    codes: ['NEW_DEVICE_IN_NEW_COUNTRY'],
    keys: ['new_country', 'country'],
    say: (t) =>
      t.pick([
        'Device and country are both new to the account.',
        `A new device was used in ${t.name('country')}, which is new to the account.`,
        'A device new to the account appeared in a country new to it.',
      ]),
  },
  {
    name: 'combination/network',
    signal: 'combination',
    codes: ['NEW_DEVICE_ON_NEW_NETWORK'],
    keys: ['new_network'],
    say: (t) => t.pick(['A new device on a new network.', 'Both the device and the network are new.']),
  },
  {
    name: 'combination/all',
    signal: 'combination',
    codes: ['EVERYTHING_FAMILIAR'],
    keys: ['good_logins'],
    when: (t) => t.raw('good_logins') > 1,
    say: (t) =>
      t.pick([
        'Device, network and country are all known to the account.',
        `Everything about this login is familiar from ${t.num('good_logins')} good logins.`,
      ]),
  },
];
