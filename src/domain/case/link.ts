// What a flagged login has in common with others: the threads by which cases are tied into campaigns, and the looser ones by which
// an analyst finds related cases.
//
// Two cases are linked when they have a thread of the same kind with the same value, no further apart in time than the kind's
// window. Each thread is meant to be something that two strangers do not share by chance while both are flagged. About one login in
// a hundred is flagged, most of them genuine people on a new telephone, so the question for each thread is: how many flagged
// strangers per window would it bring together?
//
//   device       24 h   The same first-party device id. It is stored in one browser; a tool that tries many accounts carries it along.
//   fingerprint  6 h    The same fingerprint on one hosting network. Telephones of one model share fingerprints by the million, so it
//                       counts only where people do not live.
//   server       24 h   The same address of a hosting network that is not a known VPN, proxy, relay or Tor exit: one tenant's machine.
//   address      1 h    The same fixed address elsewhere, unless the account is at home there. An office of 200 people gives at most one
//                       flagged stranger in several hours; a household has few accounts.
//   exit         1 h    The same shared exit (carrier-grade NAT, VPN, Tor, relay; RFC 6269 on what sharing does to blame) and the same client
//                       down to its TLS greeting: the address alone brings thousands of strangers together.
//   rack         6 h    The same /24 or /48 of a hosting network and the same client: rented machines are handed out side by side.
//   fleet        1 h    The same hosting network and the same TLS greeting and client, on a network that is new to the account: a fleet run by
//                       one tool. The network must be new, because companies send all their staff through one cloud proxy.
//   spray        1 h    A login that carries PASSWORD_SPRAY, by its block. The window is that of the signal (velocity.spray counts one hour), which
//                       has already told an office or a carrier, full of accounts known good there, from a spray.
//   guess        20 min A wrong credential from a network that is new to the account, and the same TLS greeting: what leaked pairs or one password
//                       tried from a thousand homes have in common, whose user agents change with every try. Of a million logins a day
//                       some ten in that time are flagged; that two of them mistyped, in new networks, with one greeting, is rare.
//   tool         10 min The same client, caught by its manner (AUTOMATION, INHUMAN_TIMING, RARE_CLIENT), from wherever: what is left of a campaign
//                       that changes its address with every try through residential proxies. Short, because only the rhythm holds it together.
//
// The account is no thread: a genuine login of a user under attack would be pulled into the attack, and resolving the campaign would
// condemn it. Neither is a consumer network or a popular browser, however many of the flagged use it.
import type { Assessment, PolicyContext } from '../assessment.ts';
import type { Visit } from '../profile/visit.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How far apart two cases may be and still be linked. Kinds are stored: a name is never reused for something else. */
export const linkWindowsMs = {
  device: 24 * hourMs,
  fingerprint: 6 * hourMs,
  server: 24 * hourMs,
  address: hourMs,
  exit: hourMs,
  rack: 6 * hourMs,
  fleet: hourMs,
  spray: hourMs,
  guess: 20 * minuteMs,
  tool: 10 * minuteMs,
} as const;
export type LinkKind = keyof typeof linkWindowsMs;
export const linkKinds = Object.keys(linkWindowsMs) as readonly LinkKind[];

/** By these an analyst finds cases that may belong together; nothing follows from them. Most telling first. */
export const relationKinds = ['by_account', 'by_device', 'by_fingerprint', 'by_address', 'by_block'] as const;
export type RelationKind = (typeof relationKinds)[number];

export interface Thread<Kind extends string = LinkKind> {
  readonly kind: Kind;
  readonly value: string;
}

/** What grouping looks at; made of a case's own parts, so that it can be made again from a stored one. */
export type Linkable = {
  readonly visit: Visit;
  readonly assessment: Pick<Assessment, 'reasons'>;
  readonly context: Pick<PolicyContext, 'result'>;
};

const codesOfTools: ReadonlySet<string> = new Set(['AUTOMATION', 'INHUMAN_TIMING', 'RARE_CLIENT']);

export function linksOf(login: Linkable): Thread[] {
  const { visit } = login;
  const threads: Thread[] = [];
  const add = (kind: LinkKind, ...parts: readonly (string | number | null)[]): void => {
    threads.push({ kind, value: valueOf(parts) });
  };
  const client = clientOf(visit);
  const rented = visit.asnClass === 'hosting' && !visit.anonymous;
  const shared = visit.anonymous || visit.asnClass === 'mobile';
  const atHome = familiar(login, 'good_logins_from_address');
  const networkIsNew = !familiar(login, 'good_logins_from_network');

  if (visit.device !== null) add('device', visit.device);
  if (!atHome) {
    if (shared) add('exit', visit.host, ...client);
    else add(rented ? 'server' : 'address', visit.host);
  }
  if (rented && networkIsNew) {
    add('rack', visit.block, ...client);
    if (visit.fingerprint !== null) add('fingerprint', visit.asn, visit.fingerprint);
    if (visit.ja4 !== null) add('fleet', visit.asn, ...client);
  }
  if (has(login, (code) => code === 'PASSWORD_SPRAY')) add('spray', visit.block);
  if (login.context.result === 'failure' && networkIsNew && visit.ja4 !== null) add('guess', visit.ja4);
  if (has(login, (code) => codesOfTools.has(code))) add('tool', ...client);
  return threads;
}

export function relationsOf(visit: Visit): Thread<RelationKind>[] {
  const found: Thread<RelationKind>[] = [
    { kind: 'by_account', value: visit.account },
    { kind: 'by_address', value: visit.host },
    { kind: 'by_block', value: visit.block },
  ];
  if (visit.device !== null) found.push({ kind: 'by_device', value: visit.device });
  if (visit.fingerprint !== null) found.push({ kind: 'by_fingerprint', value: visit.fingerprint });
  return found;
}

/** As much of the client as it cannot help showing. */
function clientOf(visit: Visit): readonly (string | number | null)[] {
  return [visit.ja4, visit.browser, visit.browserMajor, visit.os, visit.language, visit.timeZone, visit.screen];
}

function has(login: Linkable, matches: (code: string) => boolean): boolean {
  return login.assessment.reasons.some((reason) => reason.contribution > 0 && matches(reason.code));
}

/** Whether the evidence counts good logins of the account from there. Unknown is no: then nothing vouches for the place. */
function familiar(login: Linkable, name: string): boolean {
  return login.assessment.reasons.some((reason) => Number(reason.evidence[name] ?? 0) > 0);
}

/** Parts of it are written by the login, so they are quoted: no text can imitate two parts. Bounded, because it is a stored key. */
function valueOf(parts: readonly (string | number | null)[]): string {
  return JSON.stringify(parts.map((part) => (typeof part === 'string' ? part.slice(0, partLengthMax) : part)));
}

const partLengthMax = 64;
