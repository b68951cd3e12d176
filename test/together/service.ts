// The tests of test/service.
import { runFolder } from '../support/together.ts';

await runFolder('service');
