// A model's explanation of one case, as it would be shown: prompted by construction, checked finding by finding.
import { createAnswerReader } from '../../review/explanation/answer-reader.ts';
import { answerSchema } from '../../review/explanation/contract.ts';
import { type PromptCase, promptOf } from '../../review/explanation/prompt.ts';
import { createReviewer } from '../../review/explanation/validate.ts';
import type { Finding } from '../../domain/explanation/finding.ts';
import type { ExplainerModel } from '../../ports/explainer-model.ts';
import type { Explain } from './measure.ts';

const outputTokensMax = 1_500;

/** Null where it fails, or where too few of its findings hold: then the template stands. */
export function askModel(model: ExplainerModel): Explain {
  return async (explained) => {
    const { instructions, text, cases } = promptOf([explained]);
    const call = { instructions, text: String(text), schema: answerSchema(cases), outputTokensMax };
    const reader = createAnswerReader(cases.length);
    const reviewer = createReviewer(cases);
    for await (const event of model.write(call, new AbortController().signal)) {
      if (event.kind === 'failed') return null;
      if (event.kind === 'text') for (const proposed of reader.push(event.text)) reviewer.take(proposed);
    }
    const [review] = reviewer.review().cases;
    if (review === undefined || review.tooFew) return null;
    const findings = review.findings.map((finding) => withNames(finding, cases[0] as PromptCase));
    return {
      findings: findings.filter(({ direction }) => direction === 'raises'),
      reassuring: findings.filter(({ direction }) => direction === 'lowers'),
    };
  };
}

/** What handles stand for in their place, as a reader sees it. */
function withNames(finding: Finding, { story }: PromptCase): Finding {
  const sentence = story.handles.reduce((said, { name, value }) => said.replaceAll(name, () => value), finding.sentence);
  return { ...finding, sentence };
}
