// What the main thread's side of cases is made of.
import type { OnnxScorer } from '../adapters/onnx/scorer.ts';
import type { AssessPorts } from '../assess/assess.ts';
import type { Settings } from '../config/settings.ts';
import type { ExplainerPlan } from '../domain/explainer-plan.ts';
import type { Intake } from '../review/open/intake.ts';

export interface KeepOptions {
  readonly settings: Settings;
  /** Which models explain; null: the template does. */
  readonly plan: ExplainerPlan | null;
  /** Whose analysts' words a crash may have cut off from what they teach. */
  readonly tenants: readonly string[];
  readonly core: AssessPorts & { readonly scorer: OnnxScorer };
  readonly intake: Intake;
  readonly onProblem: (sentence: string) => void;
}
