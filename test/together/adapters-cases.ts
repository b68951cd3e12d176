// The tests of test/adapters/cases: they start many threads and wait for some.
import { runFolder } from '../support/together.ts';

await runFolder('adapters/cases');
