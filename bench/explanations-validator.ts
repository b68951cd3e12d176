// Does the validator let anything false through, and what does it cost in true findings? Generated cases, true findings in many wordings and
// lies made from them; prints how many lies were shown (none may be), and the share of true findings dropped, by rule and by pattern.
//
//   node bench/explanations-validator.ts [--cases 10000] [--seed 1] [--show 20]
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { storyOf } from '../src/review/explanation/story.ts';
import { checkFinding } from '../src/review/explanation/validate.ts';
import { anyReasons } from '../test/support/explained.ts';
import { falseFindings } from '../test/support/false-findings.ts';
import { testRandom } from '../test/support/ports.ts';
import { patternCount, trueFindings } from '../test/support/true-findings.ts';

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' }, show: { type: 'string', default: '20' } },
});
const seed = Number(values.seed);
const random = testRandom(seed);
const pick = <T>(options: readonly T[]): T => options[Math.floor(random.uniform() * options.length)] as T;
const show = Number(values.show);

const dropped = new Map<string, number>();
const droppedByPattern = new Map<string, number>();
const lies = new Map<string, [made: number, shown: number]>();
const examples = new Map<string, string>();
const shownLies: string[] = [];
let truths = 0;
let kept = 0;

for (const reasons of fc.sample(anyReasons, { numRuns: Number(values.cases), seed })) {
  const story = storyOf(reasons);
  for (const made of trueFindings(story, pick)) {
    truths++;
    const check = checkFinding(story, { ...made, direction: null, strength: null });
    if (check.ok) kept++;
    else {
      dropped.set(check.rule, (dropped.get(check.rule) ?? 0) + 1);
      droppedByPattern.set(made.pattern, (droppedByPattern.get(made.pattern) ?? 0) + 1);
      examples.set(`${made.pattern} ${check.rule}`, made.sentence);
    }
    for (const lie of falseFindings(story, made, pick)) {
      const counts = lies.get(lie.lie) ?? [0, 0];
      counts[0]++;
      lies.set(lie.lie, counts);
      if (!checkFinding(story, { ...lie, direction: null, strength: null }).ok) continue;
      counts[1]++;
      shownLies.push(`${lie.lie}: ${lie.sentence} [${lie.evidence.join(' ')}] (true: ${made.sentence})`);
    }
  }
}

const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;
const byCount = (map: ReadonlyMap<string, number>): string =>
  [...map]
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
console.log(
  `${values.cases} cases, ${patternCount} patterns, ${truths} true findings: ${truths - kept} dropped (${percent(truths - kept, truths)})`,
);
console.log(`  by rule: ${byCount(dropped)}`);
console.log(`  by pattern: ${byCount(droppedByPattern)}`);
for (const [name, sentence] of [...examples].slice(0, show)) console.log(`    ${name}: ${sentence}`);
console.log(`lies shown: ${shownLies.length} of ${[...lies.values()].reduce((sum, [made]) => sum + made, 0)}`);
for (const [name, [made, shown]] of lies) console.log(`  ${name}: ${shown} of ${made}`);
for (const sentence of shownLies.slice(0, show)) console.log(`    ${sentence}`);
process.exitCode = shownLies.length === 0 ? 0 : 1;
