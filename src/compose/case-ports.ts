// What the door needs to work on cases: the store, what a label teaches, and all that an analyst sees beside the explanation.
import { createWording } from '../adapters/icu-messages/wording.ts';
import { createModelWalk } from '../adapters/onnx/model-walk.ts';
import type { OnnxScorer } from '../adapters/onnx/scorer.ts';
import type { Cases } from '../adapters/sqlite/open.ts';
import type { AssessPorts } from '../assess/assess.ts';
import type { Assessment } from '../domain/assessment.ts';
import { createTeaching } from '../learn/teaching.ts';
import { parseIpAddress } from '../parse/ip-address.ts';
import type { AccountFactsSource } from '../ports/case/account-facts.ts';
import { casePage, type CasePagePorts } from '../review/case-page/case-page.ts';
import type { NewsDesk } from '../review/cases/news.ts';
import type { CasePorts } from '../review/cases/ports.ts';
import type { Deciders } from '../review/counterfactual/counterfactual.ts';
import { createRulesWalk } from '../review/counterfactual/rules-walk.ts';
import { createPastPolicies } from './past-policies.ts';

export interface CasePortsOptions {
  readonly core: AssessPorts & { readonly scorer: OnnxScorer };
  readonly dataDir: string;
  readonly language: string;
  readonly news: NewsDesk;
  /** Null where no identity provider is configured. */
  readonly accountFacts: AccountFactsSource | null;
}

export function createCasePorts(options: CasePortsOptions): (cases: Cases) => CasePorts {
  const { core, news, accountFacts } = options;
  const { assessments, profiles, ip, pseudonyms, clock } = core;
  const shared = {
    news,
    assessments,
    pseudonyms,
    clock,
    teaching: createTeaching(core),
    wording: createWording(options.language),
  };
  const page: Omit<CasePagePorts, 'assets' | 'baselines'> = {
    assessments,
    profiles,
    ip,
    accountFacts,
    clock,
    parseAddress: parseIpAddress,
    deciders: createDeciders(options),
  };
  return ({ store, queue, log, assets, baselines }) => {
    const pagePorts = { ...page, assets, baselines };
    return { ...shared, store, queue, log, assets, context: (found) => casePage(found, pagePorts) };
  };
}

/** Of the model only the one in force is at hand; of policies every one that ever was. */
function createDeciders({ core, dataDir }: CasePortsOptions): (assessment: Assessment) => Deciders {
  const { scorer, policy, clock } = core;
  const policies = createPastPolicies({ dataDir, inForce: policy, clock });
  const model = createModelWalk(scorer);
  const rules = createRulesWalk(scorer.identity, scorer.manifest.rulesCalibration);
  return ({ decidedBy, versions }) => ({ walk: decidedBy === 'rules' ? rules : model, policy: policies(versions.policy) });
}
