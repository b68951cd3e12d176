// The tests of test/tool.
import { runFolder } from '../support/together.ts';

await runFolder('tool');
