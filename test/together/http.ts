// The tests of test/http.
import { runFolder } from '../support/together.ts';

await runFolder('http');
