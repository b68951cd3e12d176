// The tests of test/review.
import { runFolder } from '../support/together.ts';

await runFolder('review');
