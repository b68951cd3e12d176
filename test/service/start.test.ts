import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { withoutCases } from '../support/service.ts';
import { startOther } from '../support/other-service.ts';

const givesHugePages = ((): boolean => {
  try {
    return readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').includes('[madvise]');
  } catch {
    return false;
  }
})();
const skip = givesHugePages ? false : 'this system does not give huge pages on request';

function directoryFor(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'portcullis-start-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const environmentOf = (pid: number | undefined): string[] => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');

t.test('the process asks for huge pages, and is the same process', { skip }, async (t) => {
  const { child, call } = await startOther(t, directoryFor(t), withoutCases);
  t.ok(environmentOf(child.pid).some((line) => line.startsWith('GLIBC_TUNABLES=glibc.malloc.hugetlb=1')));
  t.equal((await call('GET', '/healthz')).status, 200);
});

t.test('what the operator tells the C library stays as it is', { skip }, async (t) => {
  const told = { ...withoutCases, GLIBC_TUNABLES: 'glibc.malloc.tcache_count=7' };
  const { child } = await startOther(t, directoryFor(t), told);
  t.ok(environmentOf(child.pid).includes('GLIBC_TUNABLES=glibc.malloc.tcache_count=7'));
});

t.test('a container starts the service as npm does', (t) => {
  const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
  const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } };
  const dockerfile = read('Dockerfile');
  const words = scripts.start.split(' ');
  t.ok(words.length > 3);
  t.ok(dockerfile.includes(`ENTRYPOINT ${JSON.stringify(words).replaceAll(',', ', ')}`), scripts.start);
  t.ok(dockerfile.includes(`      ${scripts.start};`), 'and so it is rehearsed');
  const tunables = /'(glibc\.[^']+)'/.exec(read('src/huge-pages.js'))?.[1];
  t.ok(tunables !== undefined && dockerfile.includes(`GLIBC_TUNABLES=${tunables} `), String(tunables));
  t.end();
});
