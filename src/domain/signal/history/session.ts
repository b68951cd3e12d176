// Does a session go on where it began? A session token that moves to another country or machine was carried there by somebody.
import type { Facts } from '../../facts.ts';
import type { SessionMemory } from '../../profile/account.ts';
import { defineSignal } from '../definition.ts';
import { daysBetween } from '../measure.ts';
import { familiesDiffer } from '../device/platform-family.ts';

export const historySession = defineSignal({
  name: 'history.session',
  title: 'Continuity of the session',
  describes:
    'Whether a session that the account signed in well with shows up in another country, on another machine or on another network than where it began. A ' +
    'change of network alone is a phone leaving the house. A session seen for the first time is no evidence.',
  features: [
    { name: 'session_country_changed', monotone: 1, sentence: '1 = the session began in another country, 0 = in this one.' },
    {
      name: 'session_machine_changed',
      monotone: 1,
      sentence: '1 = the session began with another device id or operating system family, 0 = with these.',
    },
    { name: 'session_network_changed', monotone: 1, sentence: '1 = the session began on another network (ASN), 0 = on this one.' },
  ],
  codes: {
    SESSION_CONTEXT_CHANGED: {
      direction: 'raises',
      sentence: 'The session began in another country, on another machine or on another network.',
    },
    SESSION_CONTINUES: { direction: 'lowers', sentence: 'The session goes on where it began.' },
  },
  rules: [
    { name: 'session_country_changed', points: 1, sentence: 'The session began in another country.', holds: (x, at) => x[at] === 1 },
    { name: 'session_machine_changed', points: 1.5, sentence: 'The session began on another machine.', holds: (x, at) => x[at + 1] === 1 },
    {
      name: 'session_continues',
      points: -0.5,
      sentence: 'Same country and same machine.',
      holds: (x, at) => x[at] === 0 && x[at + 1] === 0,
    },
  ],
  derive: (facts, out, at) => {
    const { visit } = facts;
    if (visit.session === null) return 'not_sent';
    const session = rememberedSession(facts);
    if (session === null) return 'no_history';
    if (session.country !== null && visit.country !== null) out[at] = session.country === visit.country ? 0 : 1;
    const machine = machineChanged(session, facts);
    if (machine !== null) out[at + 1] = machine ? 1 : 0;
    if (session.asn !== null && visit.asn !== null) out[at + 2] = session.asn === visit.asn ? 0 : 1;
    return Number.isNaN(out[at] as number) && machine === null && Number.isNaN(out[at + 2] as number) ? 'unknown' : null;
  },
  explain: (facts, _x, _at, contribution) => {
    const { visit } = facts;
    const session = rememberedSession(facts);
    return {
      code: contribution > 0 ? 'SESSION_CONTEXT_CHANGED' : 'SESSION_CONTINUES',
      evidence: {
        country: visit.country,
        began_in_country: session?.country ?? null,
        os: visit.os,
        began_on_os: session?.os ?? null,
        same_device_id: session === null || session.device === null || visit.device === null ? null : session.device === visit.device,
        asn: visit.asn,
        began_on_asn: session?.asn ?? null,
        began_days_ago: session === null ? null : daysBetween(session.firstMs, visit.atMs),
      },
    };
  },
});

function rememberedSession(facts: Facts): SessionMemory | null {
  const { account, visit } = facts;
  for (const known of account?.sessions ?? []) if (known.session === visit.session) return known;
  return null;
}

/** Null when neither the device id nor the system can be compared. */
function machineChanged(session: SessionMemory, facts: Facts): boolean | null {
  const { visit } = facts;
  const idKnown = session.device !== null && visit.device !== null;
  const systemKnown = session.os !== null && visit.os !== null;
  if (!idKnown && !systemKnown) return null;
  return (idKnown && session.device !== visit.device) || familiesDiffer(session.os, visit.os);
}
