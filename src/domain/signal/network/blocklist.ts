// network.blocklist: whether others have reported the address for attacks, how many of them, and how old the report is.
import type { ListHit } from '../../ip-facts.ts';
import { defineSignal } from '../definition.ts';
import { rounded } from '../measure.ts';

/** A list that does not count, or counts nonsense, has one report. */
function reportsOf(hit: ListHit): number {
  return hit.reports !== null && hit.reports > 1 ? hit.reports : 1;
}

export const networkBlocklist = defineSignal({
  name: 'network.blocklist',
  title: 'Reported address',
  describes:
    'How many reports the loaded blocklists hold of the address, and the age of the youngest list copy that names it. Lists miss most attackers and go stale as addresses change hands, so a report is one hint among others and an unlisted address proves nothing.',
  features: [
    {
      name: 'blocklist_reports_log',
      monotone: 1,
      sentence: 'ln(1 + reports over all blocklists; a list that does not count gives one). 0 when unlisted.',
    },
    {
      name: 'blocklist_age_days',
      monotone: -1,
      sentence: 'Age of the youngest list copy that names the address, in days. Unknown when unlisted.',
    },
  ],
  codes: {
    IP_BLOCKLISTED: { direction: 'raises', sentence: 'The address has been reported for attacks.' },
    BLOCKLIST_SILENT: {
      direction: 'raises',
      sentence: 'The blocklists do not speak for the address: it is unlisted, or they cannot know it.',
    },
    NOT_LISTED: { direction: 'lowers', sentence: 'No blocklist names the address.' },
    STALE_LISTING: {
      direction: 'lowers',
      sentence: 'The address is on a blocklist, but reports this few or this old seldom mean an attack.',
    },
  },
  rules: [
    // ln(1 + 2.5): three reports or more, whatever the rounding of float32.
    {
      name: 'reported',
      points: 0.6,
      sentence: 'One or two reports name the address.',
      holds: (x, at) => (x[at] as number) > 0 && (x[at] as number) < Math.log(3.5),
    },
    {
      name: 'reported_often',
      points: 1.4,
      sentence: 'Three reports or more name the address.',
      holds: (x, at) => (x[at] as number) >= Math.log(3.5),
    },
  ],
  derive(facts, out, at) {
    const { lists } = facts.ip;
    if (lists.length === 0 && facts.attempt.ip.scope !== 'public') return 'unknown';
    let reports = 0;
    let youngestDays = Number.NaN;
    for (const hit of lists) {
      if (hit.kind !== 'blocklist') continue;
      reports += reportsOf(hit);
      if (!(hit.ageDays >= youngestDays)) youngestDays = hit.ageDays;
    }
    out[at] = Math.log1p(reports);
    out[at + 1] = youngestDays;
    return null;
  },
  explain(facts, x, at, contribution) {
    const hits = facts.ip.lists.filter((hit) => hit.kind === 'blocklist');
    const isListed = hits.length > 0;
    return {
      code: contribution > 0 ? (isListed ? 'IP_BLOCKLISTED' : 'BLOCKLIST_SILENT') : isListed ? 'STALE_LISTING' : 'NOT_LISTED',
      evidence: {
        lists: hits.map((hit) => hit.list),
        reports: rounded(hits.reduce((sum, hit) => sum + reportsOf(hit), 0)),
        list_age_days: rounded(x[at + 1] as number),
      },
    };
  },
});
