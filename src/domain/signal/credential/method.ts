// What the person proved herself with. A passkey or certificate cannot be phished or guessed; a recovery flow is the way in for
// whoever holds the mailbox; a breached password is known to attackers already.
import type { CredentialMethod } from '../../attempt.ts';
import { defineSignal } from '../definition.ts';

/** Bound to a key or to another provider's own sign-in: nothing that can be typed into the wrong page. */
function isStrong(method: CredentialMethod): boolean {
  return method === 'passkey' || method === 'certificate' || method === 'federated';
}

export const credentialMethod = defineSignal({
  name: 'credential.method',
  title: 'Credential',
  describes:
    'The kind of credential used, and whether the identity provider found the password in a breach. Passkeys, certificates and federated sign-ins resist phishing and guessing; ' +
    'recovery is how accounts are taken over by mailbox. Nothing is concluded where the provider says neither.',
  features: [
    { name: 'method_strong', monotone: -1, sentence: '1 for passkey, certificate or federated sign-in, 0 for any other method.' },
    { name: 'method_recovery', monotone: 1, sentence: '1 when the account was recovered, 0 for any other method.' },
    { name: 'password_breached', monotone: 1, sentence: '1 when the password is known from a breach, 0 when it was looked up and is not.' },
  ],
  codes: {
    BREACHED_PASSWORD: { direction: 'raises', sentence: 'The password is known from a breach.' },
    RECOVERY_USED: { direction: 'raises', sentence: 'The account was entered by recovery, not by its credential.' },
    PHISHABLE_METHOD: { direction: 'raises', sentence: 'The method can be phished, guessed or passed on.' },
    STRONG_METHOD: {
      direction: 'lowers',
      sentence: 'A passkey, certificate or federated sign-in was used, which cannot be phished or guessed.',
    },
    NO_CREDENTIAL_WARNING: { direction: 'lowers', sentence: 'Nothing about the credential speaks against the attempt.' },
  },
  rules: [
    { name: 'password_breached', points: 1, sentence: 'The password is known from a breach.', holds: (x, at) => x[at + 2] === 1 },
    { name: 'method_recovery', points: 0.8, sentence: 'The account was recovered.', holds: (x, at) => x[at + 1] === 1 },
    { name: 'method_strong', points: -1, sentence: 'A passkey, certificate or federated sign-in was used.', holds: (x, at) => x[at] === 1 },
  ],
  derive(facts, out, at) {
    const { method, breached } = facts.attempt.credential;
    if (method !== null) {
      out[at] = isStrong(method) ? 1 : 0;
      out[at + 1] = method === 'recovery' ? 1 : 0;
    }
    if (breached !== null) out[at + 2] = breached ? 1 : 0;
    return method === null && breached === null ? 'not_sent' : null;
  },
  explain(facts, x, at, contribution) {
    const evidence = { method: facts.attempt.credential.method, breached: facts.attempt.credential.breached };
    if (contribution > 0) {
      if (x[at + 2] === 1) return { code: 'BREACHED_PASSWORD', evidence };
      return { code: x[at + 1] === 1 ? 'RECOVERY_USED' : 'PHISHABLE_METHOD', evidence };
    }
    return { code: x[at] === 1 ? 'STRONG_METHOD' : 'NO_CREDENTIAL_WARNING', evidence };
  },
});
