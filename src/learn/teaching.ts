// What the label of a case teaches. An answer is given only when it is durable, so that no analyst was told of something that a crash undid.
import type { Teaching } from '../ports/case/teaching.ts';
import { type LearnPorts, recordLabel, withdrawLabel } from './record-outcome.ts';

export function createTeaching(ports: LearnPorts): Teaching {
  const durable = async (): Promise<void> => {
    await ports.assessments.flush();
    await ports.profiles.flush();
  };
  return {
    async teach(tenant, assessmentId, label) {
      const { kind } = recordLabel({ tenant, assessmentId, label }, ports);
      if (kind === 'unknown_assessment') return 'forgotten';
      // Also when it was known: the one who said it first may not have waited.
      await durable();
      return kind === 'recorded' ? 'taught' : 'already';
    },
    async withdraw(tenant, assessmentId, label) {
      const { kind } = withdrawLabel({ tenant, assessmentId, label }, ports);
      if (kind === 'unknown_assessment') return 'forgotten';
      if (kind === 'other_label') return 'relabelled';
      await durable();
      return kind;
    },
  };
}
