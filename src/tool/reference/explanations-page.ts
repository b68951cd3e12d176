// Writes the page of explanations: twenty flagged attempts drawn at random from the simulation (draw-cases.ts), as the template explains
// them, so that anyone can judge how they read. Nothing is left out or polished; every fifth is shown in German as well.
import { readFileSync } from 'node:fs';
import { createWording } from '../../adapters/icu-messages/wording.ts';
import type { Explanation, Finding } from '../../domain/explanation/finding.ts';
import type { NextCheckId } from '../../domain/explanation/next-checks.ts';
import { explainByTemplate } from '../../domain/explanation/template.ts';
import type { Wording } from '../../domain/explanation/wording.ts';
import type { FlaggedCase } from '../explain/flagged-cases.ts';

const casesFile = new URL('../explain/cases.ndjson', import.meta.url);
const germanEvery = 5;

/** What the simulation knows and the service did not. */
const truths: Readonly<Record<FlaggedCase['kind'], string>> = {
  genuine: 'the account holder',
  naive: 'an impostor who takes no precautions',
  vpn: 'an impostor in the right country, by VPN',
  targeted: 'an impostor who copies country, network and browser',
  very_targeted: 'an impostor who copies nearly everything',
  adaptive: 'an impostor who adapts to what is checked',
  hijack: 'a stolen session or cookie',
  stuffing: 'credential stuffing',
  spray: 'a password spray',
  bot: 'a bot',
  guessing: 'somebody guessing one account’s password',
  push_fatigue: 'somebody wearing the owner down with challenges',
};

export function explanationsPage(): string {
  const lines = readFileSync(casesFile, 'utf8').trimEnd().split('\n');
  const cases = lines.map((line) => JSON.parse(line) as FlaggedCase);
  const model = cases[0]?.assessment.versions.model ?? 'none';
  return `# Explanations

Generated from \`src/domain/explanation\` by \`npm run generate\`; do not edit.

What an analyst reads about a flagged attempt when no language model is configured. The ${cases.length} attempts were drawn at random from
all flagged ones with a right credential in the simulated test tenants (\`src/tool/draw-cases.ts\`), scored by ${model}. “In truth” is
what the simulation knows; the service did not. Each text is made from the assessment alone, in a few hundred microseconds, and
reads the same each time. Findings are marked by what they add to or take from the log-odds of a takeover: high from 1.5, medium
from 0.5.

${cases.map(section).join('\n')}`;
}

function section(flagged: FlaggedCase, index: number): string {
  const german = index % germanEvery === 0 ? `\n${body(flagged, createWording('de'))}` : '';
  return `## ${index + 1}

In truth: ${truths[flagged.kind]}.

${body(flagged, createWording('en'))}${german}`;
}

function body(flagged: FlaggedCase, words: Wording): string {
  const explanation = explainByTemplate(flagged, words);
  return `**${explanation.headline}**

${lines(explanation, words)}
`;
}

function lines({ findings, reassuring, unknown, nextChecks }: Explanation, words: Wording): string {
  return [
    ...findings.map((finding) => `- ▲ ${marked(finding)}`),
    ...reassuring.map((finding) => `- ▽ ${marked(finding)}`),
    ...unknown.map(({ sentence }) => `- ? ${sentence}`),
    ...nextChecks.map((check) => `- → ${words.say(`check.${check as NextCheckId}`)}`),
  ].join('\n');
}

function marked({ strength, sentence, codes }: Finding): string {
  return `*${strength}* ${sentence} <sub>${codes.join(', ')}</sub>`;
}
