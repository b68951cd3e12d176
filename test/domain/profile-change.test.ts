import fc from 'fast-check';
import t from 'tap';
import {
  attemptedChanges,
  failedChanges,
  learnedChanges,
  machineOf,
  type ProfileChange,
  unlearnedChanges,
} from '../../src/domain/profile/change.ts';
import { anyVisit, noonMs, visitOf } from '../support/records.ts';

const keysOf = (changes: readonly ProfileChange[]): string[] =>
  changes.flatMap((change) => (change.kind === 'population' ? [] : [`${change.kind} ${change.key}`]));

t.test('whatever becomes of an attempt concerns its account and each thing it came from that is known, each once', (t) => {
  fc.assert(
    fc.property(anyVisit, fc.boolean(), (visit, failed) => {
      const expected = [`account ${visit.account}`, `host ${visit.host}`, `block ${visit.block}`];
      if (visit.asn !== null) expected.push(`asn ${visit.asn}`);
      if (visit.device !== null) expected.push(`device ${visit.device}`);
      const all = [attemptedChanges(visit, failed), learnedChanges(visit), unlearnedChanges(visit), failedChanges(visit, noonMs)];
      for (const changes of all) if (JSON.stringify(keysOf(changes)) !== JSON.stringify(expected)) return false;
      return true;
    }),
  );
  t.end();
});

t.test('only what ended well counts for everybody, and what is taken back is what was counted', (t) => {
  fc.assert(
    fc.property(anyVisit, (visit) => {
      const counted = (changes: readonly ProfileChange[]) => changes.flatMap((change) => (change.kind === 'population' ? [change] : []));
      if (counted(attemptedChanges(visit, false)).length + counted(failedChanges(visit, noonMs)).length > 0) return false;
      const [added] = counted(learnedChanges(visit));
      const [taken] = counted(unlearnedChanges(visit));
      return added?.amount === 1 && taken?.amount === -1 && JSON.stringify(added.values) === JSON.stringify(taken.values);
    }),
  );
  t.end();
});

t.test('a machine is what no update changes, or nothing where nothing of it is known', (t) => {
  t.equal(machineOf(visitOf('a')), 'Windows|Win32|1920x1080');
  t.equal(machineOf(visitOf('a', noonMs, { os: null, screen: null })), '|Win32|');
  t.equal(machineOf(visitOf('a', noonMs, { os: null, platform: null })), '||1920x1080');
  t.equal(machineOf(visitOf('a', noonMs, { platform: null, screen: null })), 'Windows||');
  t.equal(machineOf(visitOf('a', noonMs, { os: null, platform: null, screen: null })), null);
  t.end();
});
