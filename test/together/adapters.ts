// The tests of test/adapters.
import { runFolder } from '../support/together.ts';

await runFolder('adapters');
