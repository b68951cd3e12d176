import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
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

const environmentOf = (pid: number | undefined): string[] => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');

t.test('the process asks for huge pages, and is the same process', { skip }, async (t) => {
  const { child, call } = await startOther(t, mkdtempSync(join(tmpdir(), 'portcullis-start-')), withoutCases);
  t.ok(environmentOf(child.pid).some((line) => line.startsWith('GLIBC_TUNABLES=glibc.malloc.hugetlb=1')));
  t.equal((await call('GET', '/healthz')).status, 200);
});

t.test('what the operator tells the C library stays as it is', { skip }, async (t) => {
  const told = { ...withoutCases, GLIBC_TUNABLES: 'glibc.malloc.tcache_count=7' };
  const { child } = await startOther(t, mkdtempSync(join(tmpdir(), 'portcullis-start-')), told);
  t.ok(environmentOf(child.pid).includes('GLIBC_TUNABLES=glibc.malloc.tcache_count=7'));
});
