// The page of a scripted day: what was sent, what the service made of it, and twenty cases drawn at random as an analyst reads them.
import type { Answered } from './play-day.ts';
import type { ListedCampaign, ListedCase, ShownCase, ShownFinding } from './read-day.ts';

export interface DayResult {
  readonly people: number;
  readonly history: number;
  readonly answered: readonly Answered[];
  readonly cases: readonly ListedCase[];
  readonly campaigns: readonly ListedCampaign[];
  readonly drawn: readonly ShownCase[];
  readonly model: string;
}

export function dayPage(result: DayResult): string {
  const truth = truths(result);
  return `# A scripted day

Written by \`npm run day\`; do not edit. Simulated: ${result.people} people of one consumer site with ${result.history} logins in the two months before, and in the last 24 hours
three campaigns among them. Everything went through the API of a service that had just been started (\`npm start\`, no settings); the cases, campaigns and explanations
are what the API then gave. No language model was configured: the words are the template's. Scored by ${result.model}.

## What was sent and what became of it

${trafficTable(result)}

## Campaigns

A campaign is cases that share what strangers do not share by chance, from three accounts on. “In truth” is what the simulation knows and the service did not.

${campaignTable(result, truth)}

## Twenty cases

Drawn at random from all ${result.cases.length} of the day, without any selection.

${result.drawn.map((shown, index) => section(shown, index, truth.get(shown.id) ?? 'unknown')).join('\n')}`;
}

/** What the simulation knows of each case. */
function truths({ answered }: DayResult): ReadonlyMap<string, string> {
  return new Map(
    answered.flatMap(({ caseId, attempt }) => (caseId === null ? [] : [[caseId, nameOf(attempt.kind, attempt.campaign)] as const])),
  );
}

function nameOf(kind: string, campaign: string | null): string {
  return campaign === null ? (kind === 'genuine' ? 'the account holder' : kind) : `the ${kind} campaign`;
}

export function trafficTable({ answered }: DayResult): string {
  const groups = Map.groupBy(answered, ({ attempt }) => {
    const result = attempt.wire.credential?.result === 'failure' ? 'wrong credential' : 'right credential';
    return `${nameOf(attempt.kind, attempt.campaign)}, ${result}`;
  });
  const rows = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, list]) => {
      const count = (verdict: string): number => list.filter((one) => one.verdict === verdict).length;
      const flagged = list.filter((one) => one.caseId !== null).length;
      return `| ${name} | ${list.length} | ${count('allow')} | ${count('challenge')} | ${count('deny')} | ${flagged} |`;
    });
  return ['| who | logins | allow | challenge | deny | cases |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

export function campaignTable({ cases, campaigns }: DayResult, truth: ReadonlyMap<string, string>): string {
  const rows = campaigns.map((campaign) => {
    const members = cases.filter((one) => one.campaign_id === campaign.id);
    const kinds = Map.groupBy(members, ({ id }) => truth.get(id) ?? 'unknown');
    const inTruth = [...kinds].sort((a, b) => b[1].length - a[1].length).map(([name, list]) => `${list.length} of ${name}`);
    const shared = campaign.shared_by.map(({ kind, cases: count }) => `${kind} ${count}`).join(', ');
    return `| ${campaign.cases} | ${campaign.accounts} | ${campaign.tier} | ${span(campaign)} | ${shared} | ${inTruth.join(', ')} |`;
  });
  return ['| cases | accounts | tier | lasted | shared by | in truth |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

function span({ first_at, last_at }: ListedCampaign): string {
  const minutes = Math.round((Date.parse(last_at) - Date.parse(first_at)) / 60_000);
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

function section(shown: ShownCase, index: number, truth: string): string {
  const body = shown.explanations[0]?.body ?? null;
  const lines =
    body === null
      ? ['- no explanation']
      : [
          ...body.findings.map((finding) => `- ▲ ${marked(finding)}`),
          ...body.reassuring.map((finding) => `- ▽ ${marked(finding)}`),
          ...body.unknown.map(({ sentence }) => `- ? ${sentence}`),
          ...body.next_checks.map(({ text }) => `- → ${text ?? ''}`),
        ];
  const { counterfactual } = shown.context;
  const otherwise = (counterfactual.sentences ?? []).map((sentence) => `- ⇄ ${sentence}`);
  const campaign =
    shown.campaign === null ? '' : ` Part of a campaign of ${shown.campaign.cases} cases on ${shown.campaign.accounts} accounts.`;
  return `### ${index + 1}

In truth: ${truth}. Tier ${shown.tier}, score ${shown.score.toFixed(4)}.${campaign}

**${body?.headline ?? ''}**

${[...lines, ...otherwise].join('\n')}
`;
}

function marked({ strength, sentence, codes }: ShownFinding): string {
  return `*${strength}* ${sentence} <sub>${codes.join(', ')}</sub>`;
}
