// What an analyst sees beside the explanation, as JSON in the words of the wire: each part with its own time, or why it is absent.
import type { Wording } from '../../../domain/explanation/wording.ts';
import type { AccountFacts } from '../../../ports/case/account-facts.ts';
import type { Compared, PageBaseline } from '../../../review/case-page/baseline.ts';
import type { CasePage, PageLists } from '../../../review/case-page/case-page.ts';
import type { Part } from '../../../review/case-page/part.ts';
import type { TimelineEntry } from '../../../review/case-page/timeline.ts';
import type { UsualRow } from '../../../review/case-page/usual.ts';
import type { Alternative, Counterfactual } from '../../../review/counterfactual/counterfactual.ts';
import { counterfactualSentences } from '../../../review/counterfactual/sentences.ts';
import { assetDocument } from '../context/asset-json.ts';

export function contextDocument(page: CasePage, words: Wording): object {
  return {
    usual: partDocument(page.usual, (rows) => ({ rows: rows.map(usualDocument) })),
    timeline: partDocument(page.timeline, (entries) => ({ logins: entries.map(timelineDocument) })),
    counterfactual: partDocument(page.counterfactual, (found) => counterfactualDocument(found, words)),
    account: partDocument(page.account, accountDocument),
    asset: partDocument(page.asset, assetDocument),
    place: partDocument(page.place, (place) => ({ ...place })),
    lists: partDocument(page.lists, listsDocument),
    baseline: partDocument(page.baseline, baselineDocument),
  };
}

function partDocument<T>(part: Part<T>, documentOf: (value: T) => object): object {
  return part.kind === 'absent' ? { absent: part.cause } : { as_of: timeOf(part.asOfMs), ...documentOf(part.value) };
}

function usualDocument(row: UsualRow): object {
  const { aspect, now, nowAbsent, usual, usualAbsent, seen, of, from } = row;
  return { aspect, now, now_absent: nowAbsent, usual, usual_absent: usualAbsent, seen, of, from };
}

function timelineDocument(entry: TimelineEntry): object {
  return {
    assessment_id: entry.assessmentId,
    case_id: entry.caseId,
    at: timeOf(entry.atMs),
    verdict: entry.verdict,
    level: entry.level,
    score: entry.score,
    outcomes: entry.outcomes,
    label: entry.label,
    country: entry.country,
    city: entry.city,
    asn: entry.asn,
    device_known: entry.deviceKnown,
    same_device: entry.sameDevice,
    this: entry.isThis,
  };
}

function counterfactualDocument(found: Counterfactual, words: Wording): object {
  const sentences = counterfactualSentences(found, words);
  switch (found.kind) {
    case 'found':
      return { result: found.kind, sentences, alternatives: found.alternatives.map(alternativeDocument) };
    case 'none': {
      const all = found.all === null ? null : alternativeDocument(found.all);
      return { result: found.kind, sentences, cause: found.cause, policy_rule: found.policyRule, all_ordinary: all };
    }
    case 'absent':
      return { result: found.kind, sentences, cause: found.cause };
    case 'allowed':
      return { result: found.kind, sentences };
  }
}

function alternativeDocument(alternative: Alternative): object {
  const { changes, following, logOdds, score, level, verdict, policyRule } = alternative;
  return {
    changes: changes.map(({ id, evidence }) => ({ id, evidence })),
    following,
    log_odds: logOdds,
    score,
    level,
    verdict,
    policy_rule: policyRule,
  };
}

function accountDocument(facts: AccountFacts): object {
  return {
    status: facts.status,
    display_name: facts.displayName,
    department: facts.department,
    created_at: timeOrNull(facts.createdAtMs),
    credential_changed_at: timeOrNull(facts.credentialChangedAtMs),
    mfa_enrolled: facts.mfaEnrolled,
    roles: facts.roles,
  };
}

function listsDocument({ now, noLonger }: PageLists): object {
  return {
    now: now.map(({ kind, list, reports, ageDays, isSinceLogin }) => ({
      kind,
      list,
      reports,
      age_days: ageDays,
      since_login: isSinceLogin,
    })),
    no_longer: noLonger,
  };
}

function baselineDocument(day: PageBaseline): object {
  const { logins, failures, flagged, accounts, countries, networks } = day;
  return {
    day: timeOf(day.dayAtMs).slice(0, 'YYYY-MM-DD'.length),
    whole_day: day.isWhole,
    days_before: day.daysBefore,
    logins: comparedDocument(logins),
    failures: comparedDocument(failures),
    flagged: comparedDocument(flagged),
    accounts: comparedDocument(accounts),
    countries: comparedDocument(countries),
    networks: comparedDocument(networks),
    places: day.places.map(({ kind, value, logins: from, flagged: flaggedFrom }) => ({
      kind,
      value,
      logins: comparedDocument(from),
      flagged: comparedDocument(flaggedFrom),
    })),
  };
}

function comparedDocument({ onDay, usual }: Compared): object {
  return { on_day: onDay, usual };
}

function timeOrNull(atMs: number | null): string | null {
  return atMs === null ? null : timeOf(atMs);
}

function timeOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
