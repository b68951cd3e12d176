// What the address sources say in the simulated world where the shipped data says nothing or too much: reputation feeds that an
// operator would have loaded, and gaps in the geography.
//
// Rates of listed attackers follow what was measured on real ones (a blocklist names about one in six, more of rented servers than of
// home lines); a few honest addresses are listed too, because addresses change hands. Gaps fall on both sides alike.
import type { ListHit, ListKind } from '../../domain/ip-facts.ts';
import type { IpIntelligence } from '../../ports/ip-intelligence.ts';
import type { OperatorKind } from '../simulate/world/operators.ts';
import { hashText } from '../simulate/seeded-random.ts';
import type { TenantPlan } from '../simulate/tenants.ts';
import type { SimulatedAttempt } from '../simulate/wire.ts';

/** Chance that an address of the kind is listed: [honest, in an attacker's hands]. */
const listed: Readonly<
  Record<'blocklist' | 'tor' | 'proxy' | 'relay', Readonly<Partial<Record<OperatorKind, readonly [number, number]>>>>
> = {
  blocklist: {
    isp: [0.002, 0.1],
    mobile: [0.005, 0.04],
    campus: [0.001, 0.05],
    hosting: [0.05, 0.3],
    vpn: [0.08, 0.25],
    relay: [0.01, 0.02],
    egress: [0.004, 0.05],
  },
  tor: { hosting: [0.003, 0.08], vpn: [0.015, 0.08] },
  proxy: { isp: [0.0004, 0.03], mobile: [0.0004, 0.02], hosting: [0.003, 0.05], vpn: [0.01, 0.04] },
  relay: { relay: [0.8, 0.8] },
};

/** Shares of blocks without any place, with a country but no coordinates, and without an operator. */
const placeless = 0.012;
const coarse = 0.03;
const nameless = 0.006;

function share(text: string, salt: number): number {
  return hashText(text, salt) / 4_294_967_296;
}

export interface CloudedIp extends IpIntelligence {
  /** The attempt that the next look-ups belong to. */
  about(attempt: SimulatedAttempt): void;
}

export function cloudedIp(real: IpIntelligence, plan: TenantPlan): CloudedIp {
  let current: SimulatedAttempt | null = null;
  // What an honest person has sent from is not listed for the guesser who later sits beside them: lists know addresses, not intents.
  const honest = new Set<string>();
  return {
    sources: () => real.sources(),
    about(attempt) {
      current = attempt;
      if (attempt.kind === 'genuine') honest.add(attempt.wire.ip);
    },
    lookup(ip, atMs) {
      const facts = real.lookup(ip, atMs);
      if (ip.scope !== 'public' || current === null) return facts;
      let { geo, asn } = facts;
      const place = share(ip.block, 21);
      if (place < placeless) geo = null;
      else if (geo !== null && place < placeless + coarse)
        geo = { ...geo, region: null, city: null, latitude: null, longitude: null, timeZone: null };
      if (share(ip.block, 22) < nameless) asn = null;
      return { geo, asn, lists: [...facts.lists, ...listingsOf(ip.host, current, plan, honest.has(current.wire.ip))] };
    },
  };
}

function listingsOf(host: string, attempt: SimulatedAttempt, plan: TenantPlan, honest: boolean): ListHit[] {
  const hits: ListHit[] = [];
  const hostile = honest ? 0 : 1;
  let salt = 30;
  for (const [kind, rates] of Object.entries(listed) as [keyof typeof listed, (typeof listed)['tor']][]) {
    salt++;
    if (kind === 'blocklist' && plan.feedAgeDays === null) continue;
    const drawn = share(host, salt);
    const rate = rates[attempt.site.operator.kind]?.[hostile] ?? 0;
    if (drawn >= rate) continue;
    // One report is common, many are rare: reports ~ 1 / drawn, at most about fifty.
    const reports = kind === 'blocklist' ? Math.min(50, Math.ceil(0.6 / (drawn / rate + 0.02))) : null;
    hits.push({ kind: kind as ListKind, list: `simulated ${kind}`, reports, ageDays: plan.feedAgeDays ?? 20 });
  }
  return hits;
}
