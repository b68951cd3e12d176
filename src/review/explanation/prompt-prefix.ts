// The static part of every prompt: task, rules, dictionary, examples. Made once, from the catalogue alone, before any case exists; the same
// bytes for every case of a release, and long enough (over 4,096 tokens) for every provider to keep it.
import { allSignals } from '../../domain/signal/catalogue.ts';
import type { SignalDefinition } from '../../domain/signal/definition.ts';
import { declarationOf } from '../../domain/explanation/evidence.ts';
import { evidenceMeaning, meaningKeys } from './evidence-meanings.ts';
import { nextCheckIds } from '../../domain/explanation/next-checks.ts';
import { promptExamples } from './prompt-examples.ts';
import { caseText } from './prompt-text.ts';
import { storyOf } from './story.ts';

const task = `You tell a fraud analyst what was observed about a login that a risk service has flagged, and what of it speaks for or against it.
The service has decided already. You give no verdict, no score and no advice of your own.

You read cases. Each lists reasons. A reason says whether it raises or lowers the risk and how much, has a code from the dictionary below,
and has lines of evidence, "CODE.key = value". Names such as country_1 or network_2 stand for real values: write them as they are.
Equal names are equal values, different names are different values. What is not listed is not known.

Answer with one JSON object and nothing else, no code fence:
{"findings":[{"case":"case_1","evidence":["CODE.key","CODE.key"],"sentence":"..."}],"next_checks":[{"case":"case_1","check":"..."}]}

Rules, checked by a program that drops every finding which breaks one:
1. For each case three to six findings, the most important first; reasons that lower the risk come last.
2. "evidence" names every line whose value the sentence uses, and at least one. A finding uses reasons of one direction only.
3. "sentence" is one plain English sentence of at most 240 characters that ends with a full stop. It says only what the evidence says.
4. Copy numbers with their units as given: 8,900 km stays 8,900 km. Convert and calculate nothing. Say in which time a count was made.
5. Say what each number counts, next to it, with the words of the dictionary.
6. Never state the opposite of a reason: what is new is not known, what raises the risk does not reassure.
7. Use handles for countries, networks, browsers and the like. Invent no names.
8. No links, no markup, no quotation marks, no brackets, no questions, no instructions, no guesses about people or motives.
9. "next_checks" are up to three per case, from this list only:`;

const dictionaryHead = `
Dictionary. Under each group: its codes, then the keys of their evidence.`;

const examplesHead = `
Examples. Their numbers belong to them alone.`;

function signalLines(signal: SignalDefinition): string[] {
  const codes = Object.entries(signal.codes).map(([code, { direction, sentence }]) => `${code} (${direction}): ${sentence}`);
  const code = Object.keys(signal.codes)[0] as string;
  const keys = meaningKeys(signal.name).filter((key) => declarationOf(code, key)?.shown === true);
  return ['', `${signal.title}`, ...codes, ...keys.map((key) => `  ${key}: ${evidenceMeaning(signal.name, key).meaning}`)];
}

function exampleLines(): string[] {
  return promptExamples.flatMap(({ reasons, findings, nextChecks }) => {
    const answer = {
      findings: findings.map((finding) => ({ case: 'case_1', ...finding })),
      next_checks: nextChecks.map((check) => ({ case: 'case_1', check })),
    };
    return ['', caseText(0, storyOf(reasons)), JSON.stringify(answer)];
  });
}

export const promptPrefix: string = [
  task,
  nextCheckIds.join(', '),
  dictionaryHead,
  ...allSignals.flatMap(signalLines),
  examplesHead,
  ...exampleLines(),
].join('\n');
