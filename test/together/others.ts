// The tests of all folders that have no file of their name here.
import { otherFolders, runFolder } from '../support/together.ts';

for (const folder of otherFolders()) await runFolder(folder);
