// The shape of a password spray: many accounts tried from one place, each about once, nearly all in vain.
//
// An office, a campus or a carrier's shared address also has many accounts, but they are known good there: only accounts that
// never signed in well from the place count, and the shape asks that tries fail.
import * as limits from '../../limits.ts';
import type { Facts } from '../../facts.ts';
import { countRecent, shortKey } from '../../profile/recent-set.ts';
import type { SourceProfile } from '../../profile/source.ts';
import { counterWindowsMs, hour } from '../../profile/window-counter.ts';
import { defineSignal } from '../definition.ts';
import { rounded } from '../measure.ts';
import { type AccountCounts, countIn, countStrangers, elsewhere, failureShare, fromLog, wholeCount } from './counts.ts';

const hourMs = counterWindowsMs[hour];
/** Reused, because derive runs for every attempt: valid until the next one. */
const atHost: AccountCounts = { inHour: 0, inDay: 0 };
const inBlock: AccountCounts = { inHour: 0, inDay: 0 };

/** Distinct accounts per try in the last hour, at most 1. A full set has stopped counting: then every try may have been another account. */
function accountsPerTry(source: SourceProfile, atMs: number, tries: number): number {
  const accounts = countRecent(source.accounts, atMs, hourMs);
  return accounts >= tries || accounts >= limits.accountsPerSourceMax ? 1 : accounts / tries;
}

/** Share of failures times accounts per try: near 1 for a spray, near 0.2 for people, near 0 for one account tried over and over. */
function shapeOf(source: SourceProfile | null, atMs: number): number {
  if (source === null) return 0;
  const tries = countIn(source.attempts, hour, atMs);
  if (tries <= 0) return 0;
  return failureShare(countIn(source.failures, hour, atMs), tries) * accountsPerTry(source, atMs, tries);
}

function shape(facts: Facts): number {
  return Math.max(shapeOf(facts.host, facts.visit.atMs), shapeOf(facts.block, facts.visit.atMs));
}

export const velocitySpray = defineSignal({
  name: 'velocity.spray',
  title: 'Password spray',
  describes:
    'How many accounts were tried lately from this address and from the rest of its block, not counting accounts that are known good there nor the present one, and whether the tries ' +
    'have the shape of a spray: each account about once, nearly all in vain. An office or a carrier behind one address is full of accounts known good there, and is no spray.',
  features: [
    {
      name: 'spray_host_accounts_1h_log',
      monotone: 1,
      sentence: 'ln(1 + other accounts, not known good there, tried from the address in the last hour); at most ln 65.',
    },
    { name: 'spray_host_accounts_24h_log', monotone: 1, sentence: 'The same over 24 hours.' },
    {
      name: 'spray_block_accounts_1h_log',
      monotone: 1,
      sentence: 'ln(1 + such accounts tried from the rest of the block in the last hour); at most ln 65.',
    },
    {
      name: 'spray_shape',
      monotone: 1,
      sentence: 'Share of failed tries times accounts per try in the last hour, the larger of address and block; 0 to 1.',
    },
  ],
  codes: {
    PASSWORD_SPRAY: {
      direction: 'raises',
      sentence: 'Many accounts are being tried from this place, each only a few times, and nearly all in vain.',
    },
    ACCOUNTS_TRIED_FROM_ADDRESS: {
      direction: 'raises',
      sentence: 'Other accounts that never signed in from this place have been tried from it.',
    },
    FEW_ACCOUNTS: { direction: 'lowers', sentence: 'Hardly any accounts but those at home here have been tried from this place.' },
  },
  rules: [
    {
      name: 'spray_host',
      points: 1.5,
      sentence:
        'Eight or more accounts that are strangers to the address were tried from it in an hour, about once each and mostly in vain.',
      holds: (x, at) => fromLog(x[at]) >= 7.5 && (x[at + 3] as number) >= 0.5,
    },
    {
      name: 'spray_block',
      points: 1,
      sentence: 'Twelve or more such accounts were tried from the rest of the block in an hour, about once each and mostly in vain.',
      holds: (x, at) => fromLog(x[at + 2]) >= 11.5 && (x[at + 3] as number) >= 0.5,
    },
  ],
  derive(facts, out, at) {
    if (facts.profilesAbsent !== null) return facts.profilesAbsent;
    const { atMs } = facts.visit;
    const present = shortKey(facts.visit.account);
    countStrangers(facts.host, atMs, present, atHost);
    countStrangers(facts.block, atMs, present, inBlock);
    out[at] = Math.log1p(atHost.inHour);
    out[at + 1] = Math.log1p(atHost.inDay);
    out[at + 2] = Math.log1p(elsewhere(inBlock.inHour, atHost.inHour));
    out[at + 3] = shape(facts);
    return null;
  },
  explain(facts, x, at, contribution) {
    const { atMs } = facts.visit;
    const host1h = fromLog(x[at]);
    const block1h = fromLog(x[at + 2]);
    const shaped = (x[at + 3] as number) >= 0.5 && Math.max(host1h, block1h) >= 4.5;
    return {
      code: contribution > 0 ? (shaped ? 'PASSWORD_SPRAY' : 'ACCOUNTS_TRIED_FROM_ADDRESS') : 'FEW_ACCOUNTS',
      evidence: {
        strange_accounts_1h: wholeCount(host1h),
        strange_accounts_24h: wholeCount(fromLog(x[at + 1])),
        strange_accounts_elsewhere_in_block_1h: wholeCount(block1h),
        counted_at_most: limits.accountsPerSourceMax,
        accounts_known_good_here: facts.host?.goodAccounts.members.length ?? 0,
        tries_1h: wholeCount(countIn(facts.host?.attempts, hour, atMs)),
        spray_shape: rounded(x[at + 3] as number),
      },
    };
  },
});
