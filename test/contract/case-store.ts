// What every case store promises, whatever it is made of. Run by test/adapters for each adapter.
import type { Test } from 'tap';
import { campaignContract } from './cases/campaigns.ts';
import { listContract } from './cases/lists.ts';
import { openingContract } from './cases/opening.ts';
import { readingContract } from './cases/readings.ts';
import { removalContract } from './cases/removal.ts';
import type { OpenCases } from './cases/questions.ts';

export function caseStoreContract(t: Test, open: OpenCases): void {
  openingContract(t, open);
  listContract(t, open);
  campaignContract(t, open);
  readingContract(t, open);
  removalContract(t, open);
}
