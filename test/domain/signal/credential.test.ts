import t from 'tap';
import { applyToAccount, type AccountProfile, emptyAccount } from '../../../src/domain/profile/account.ts';
import type { Attempt } from '../../../src/domain/attempt.ts';
import { credentialSignals } from '../../../src/domain/signal/credential/signals.ts';
import { credentialMethod } from '../../../src/domain/signal/credential/method.ts';
import { credentialPush } from '../../../src/domain/signal/credential/push.ts';
import { type Derived, deriveSignal, factsWith, hourMs, minuteMs, nowMs } from '../../support/facts.ts';
import { checkContract, checkDefinition } from '../../support/signal-contract.ts';

function withCredential(credential: Partial<Attempt['credential']>): Derived {
  return deriveSignal(credentialMethod, factsWith({ attempt: { credential } }));
}

function challenged(count: number, atMs = nowMs - minuteMs): AccountProfile {
  const account = emptyAccount(atMs);
  for (let i = 0; i < count; i++) applyToAccount(account, { type: 'challenge_failed', atMs });
  return account;
}

t.test('methods that cannot be phished speak for the attempt, recovery against it, the others neither way', (t) => {
  for (const method of ['passkey', 'certificate', 'federated'] as const) {
    const { features, points, explain } = withCredential({ method });
    t.equal(features['method_strong'], 1);
    t.equal(points, -1);
    t.equal(explain(-0.5).code, 'STRONG_METHOD');
  }
  const recovery = withCredential({ method: 'recovery' });
  t.same(recovery.rules, ['method_recovery']);
  t.equal(recovery.explain(0.5).code, 'RECOVERY_USED');
  for (const method of ['password', 'otp', 'push', 'magic_link', 'other'] as const) {
    const { features, points, explain } = withCredential({ method });
    t.same([features['method_strong'], features['method_recovery'], points], [0, 0, 0]);
    t.equal(explain(0.1).code, 'PHISHABLE_METHOD');
    t.equal(explain(-0.1).code, 'NO_CREDENTIAL_WARNING');
  }
  t.end();
});

t.test('a breached password is named before anything else that raises', (t) => {
  const { rules, explain } = withCredential({ method: 'password', breached: true });
  t.same(rules, ['password_breached']);
  t.same(explain(1), { code: 'BREACHED_PASSWORD', evidence: { method: 'password', breached: true } });
  t.same(withCredential({ method: 'recovery', breached: false }).features['password_breached'], 0);
  t.end();
});

t.test('what the caller did not say about the credential stays unknown', (t) => {
  const nothing = withCredential({ method: null, breached: null });
  t.equal(nothing.cause, 'not_sent');
  t.ok(Object.values(nothing.features).every(Number.isNaN));
  t.same(nothing.rules, []);
  const breachOnly = withCredential({ method: null, breached: false });
  t.equal(breachOnly.cause, null);
  t.ok(Number.isNaN(breachOnly.features['method_strong']));
  t.equal(breachOnly.features['password_breached'], 0);
  t.end();
});

t.test('one failed challenge is a phone in another room, a row of them is push fatigue', (t) => {
  const quiet = deriveSignal(credentialPush, factsWith());
  t.same([quiet.cause, ...Object.values(quiet.features)], [null, 0, 0]);
  t.equal(quiet.explain(-0.1).code, 'NO_FAILED_CHALLENGES');
  const one = deriveSignal(credentialPush, factsWith({ account: challenged(1) }));
  t.same(one.rules, []);
  t.equal(one.explain(0.1).code, 'CHALLENGES_FAILED');
  t.equal(one.explain(-0.1).code, 'FEW_FAILED_CHALLENGES');
  t.equal(deriveSignal(credentialPush, factsWith({ account: challenged(2) })).explain(0.1).code, 'CHALLENGES_FAILED');
  const siege = deriveSignal(credentialPush, factsWith({ account: challenged(7) }));
  t.same(siege.rules, ['push_fatigue_10m', 'push_fatigue_1h']);
  t.match(siege.explain(1), { code: 'PUSH_FATIGUE', evidence: { challenges_failed_10m: 7, challenges_failed_1h: 7 } });
  t.same(Object.values(deriveSignal(credentialPush, factsWith({ account: challenged(7, nowMs - 3 * hourMs) })).features), [0, 0]);
  t.end();
});

t.test('challenges are unknown where the profile could not be read', (t) => {
  const { cause, features } = deriveSignal(credentialPush, factsWith({ profilesAbsent: 'unavailable' }));
  t.equal(cause, 'unavailable');
  t.ok(Object.values(features).every(Number.isNaN));
  t.end();
});

t.test('the credential signals keep the contract of signals on any facts', (t) => {
  for (const signal of credentialSignals) {
    checkDefinition(signal);
    checkContract(signal, 60);
  }
  t.end();
});
