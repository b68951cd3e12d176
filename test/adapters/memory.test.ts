import t from 'tap';
import { attemptedChanges, learnedChanges } from '../../src/domain/profile/change.ts';
import { openMemoryCases } from '../../src/adapters/memory/cases.ts';
import { createMemoryAssessmentLog } from '../../src/adapters/memory/assessment-log.ts';
import { createMemoryProfileStore } from '../../src/adapters/memory/profile-store.ts';
import { assessmentLogContract } from '../contract/assessment-log.ts';
import { assetStoreContract } from '../contract/asset-store.ts';
import { caseStoreContract } from '../contract/case-store.ts';
import { dailyBaselinesContract } from '../contract/daily-baselines.ts';
import { explanationLogContract } from '../contract/explanation-log.ts';
import { jobQueueContract } from '../contract/job-queue.ts';
import { profileStoreContract } from '../contract/profile-store.ts';
import { opening } from '../support/cases.ts';
import { testClock, testRandom } from '../support/ports.ts';
import { noonMs, storedOf, visitOf } from '../support/records.ts';

t.test('profiles in memory', (t) => {
  profileStoreContract(t, () => Promise.resolve(createMemoryProfileStore()));

  t.test('when a kind is full, the account changed longest ago is forgotten', (t) => {
    const store = createMemoryProfileStore({ accountsMax: 10 });
    for (let i = 0; i < 10; i++) store.apply('default', learnedChanges(visitOf(`account${i}`, noonMs + i)));
    store.apply('default', attemptedChanges(visitOf('account0'), false));
    store.apply('default', learnedChanges(visitOf('account10')));
    t.equal(store.readAccount('default', 'account1'), null);
    t.ok(store.readAccount('default', 'account0'));
    t.ok(store.readAccount('default', 'account10'));
    t.end();
  });

  t.test('closing ends nothing that a reader still needs', async (t) => {
    const store = createMemoryProfileStore();
    await store.close();
    t.equal(store.readAccount('default', 'accountA'), null);
  });
  t.end();
});

t.test('assessments in memory', (t) => {
  assessmentLogContract(t, () => Promise.resolve(createMemoryAssessmentLog()));

  t.test('when the log is full, the oldest arrival makes room with all its indices', async (t) => {
    const log = createMemoryAssessmentLog({ assessmentsMax: 3 });
    for (let i = 0; i < 5; i++) log.put(storedOf(`id-${i}`, 'accountA', noonMs + i), `attempt-${i}`);
    t.equal(log.byId('default', 'id-1'), null);
    t.equal(log.byAttempt('default', 'attempt-1'), null);
    t.equal(log.byAccount('default', 'accountA', 9).length, 3);
    await log.close();
  });
  t.end();
});

t.test('cases in memory', (t) => {
  caseStoreContract(t, () => Promise.resolve(openMemoryCases({ clock: testClock(), random: testRandom() })));

  t.test('when it is full, the oldest case makes room', async (t) => {
    const { store } = openMemoryCases({ clock: testClock(), random: testRandom(), casesMax: 2 });
    await store.open([opening('a'), opening('b'), opening('c')]);
    t.equal(await store.get('default', 'case-a'), null);
    t.ok(await store.get('default', 'case-b'));
  });
  t.end();
});

t.test('what is told, in memory', (t) => {
  explanationLogContract(t, () => Promise.resolve(openMemoryCases({ clock: testClock(), random: testRandom() })));
  t.end();
});

t.test('described applications in memory', (t) => {
  assetStoreContract(t, (_t, options) => Promise.resolve(openMemoryCases({ clock: testClock(), random: testRandom(), ...options })));
  t.end();
});

t.test('daily sums in memory', (t) => {
  dailyBaselinesContract(t, () => Promise.resolve(openMemoryCases({ clock: testClock(), random: testRandom() })));
  t.end();
});

t.test('jobs in memory', (t) => {
  jobQueueContract(t, () => {
    const clock = testClock();
    return Promise.resolve({ ...openMemoryCases({ clock, random: testRandom() }), clock });
  });
  t.end();
});
