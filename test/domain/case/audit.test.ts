import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import {
  type AuditEntry,
  auditActions,
  chainEntry,
  type Digest,
  emptyHead,
  feedbackEntry,
  followChain,
  type NewAuditEntry,
  sealOf,
} from '../../../src/domain/case/audit.ts';

const digest: Digest = (text) => createHmac('sha256', 'key').update(text).digest('base64url');

const anyEntry: fc.Arbitrary<NewAuditEntry> = fc.record(
  {
    atMs: fc.nat(9),
    tenant: fc.constantFrom('a', 'b'),
    actor: fc.string({ maxLength: 3 }),
    action: fc.constantFrom(...auditActions),
    subject: fc.string({ maxLength: 3 }),
    detail: fc.dictionary(fc.string({ maxLength: 2 }), fc.oneof(fc.string({ maxLength: 2 }), fc.integer(), fc.boolean()), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
  },
  { noNullPrototype: true },
);
const anyEntries = fc.array(anyEntry, { minLength: 3, maxLength: 12 });

function chainOf(entries: readonly NewAuditEntry[]): AuditEntry[] {
  const chain: AuditEntry[] = [];
  for (const entry of entries) chain.push(chainEntry(chain.at(-1) ?? emptyHead, entry, digest));
  return chain;
}

t.test('a chain is whole as it was written, whole or in pieces', (t) => {
  fc.assert(
    fc.property(anyEntries, fc.nat(12), (entries, at) => {
      const chain = chainOf(entries);
      const first = followChain(emptyHead, chain.slice(0, at), digest);
      const second = first.ok ? followChain(first.head, chain.slice(at), digest) : first;
      return second.ok && second.head.sequence === chain.length && second.head.hash === chain.at(-1)?.hash;
    }),
  );
  t.end();
});

t.test('whatever entry is edited, removed, doubled or moved, the chain breaks there', (t) => {
  fc.assert(
    fc.property(
      anyEntries,
      fc.nat(),
      fc.constantFrom('edit', 'remove', 'double', 'move', 'renumber'),
      anyEntry,
      (entries, draw, what, other) => {
        const chain = chainOf(entries);
        const at = draw % (chain.length - 1);
        const entry = chain[at] as AuditEntry;
        const next = chain[at + 1] as AuditEntry;
        if (what === 'edit') chain[at] = { ...entry, ...other };
        if (what === 'remove') chain.splice(at, 1);
        if (what === 'double') chain.splice(at, 0, entry);
        if (what === 'move') [chain[at], chain[at + 1]] = [next, entry];
        if (what === 'renumber')
          [chain[at], chain[at + 1]] = [
            { ...next, sequence: at + 1 },
            { ...entry, sequence: at + 2 },
          ];
        const reading = followChain(emptyHead, chain, digest);
        const changed = what !== 'edit' || JSON.stringify(other) !== JSON.stringify(entries[at]);
        return changed ? !reading.ok && reading.brokenAt === (what === 'double' ? at + 2 : at + 1) : reading.ok;
      },
    ),
  );
  t.end();
});

t.test('who does not have the key cannot write an entry or the note of the end', (t) => {
  const forged: Digest = (text) => createHmac('sha256', 'guessed').update(text).digest('base64url');
  const entry = { atMs: 1, tenant: 'a', actor: 'eve', action: 'exported' as const, subject: '', detail: {} };
  const chain = [chainEntry(emptyHead, entry, forged)];
  t.strictSame(followChain(emptyHead, chain, digest), { ok: false, brokenAt: 1 });
  const head = { sequence: 1, hash: 'x' };
  t.not(sealOf(head, forged), sealOf(head, digest));
  t.not(sealOf(head, digest), sealOf({ ...head, sequence: 2 }, digest));
  t.end();
});

t.test('feedback is recorded with what was judged and how, and never with what was written beside it', (t) => {
  const given = {
    caseId: 'case-a',
    version: 2,
    finding: 'f1',
    by: 'ada',
    opinion: 'wrong',
    comment: 'u-1 is my neighbour',
    atMs: 7,
  } as const;
  const entry = { atMs: 7, tenant: 'a', actor: 'ada', action: 'feedback_given', subject: 'case-a' };
  t.strictSame(feedbackEntry('a', given), { ...entry, detail: { version: 2, finding: 'f1', opinion: 'wrong' } });
  t.strictSame(feedbackEntry('a', { ...given, finding: null }).detail, { version: 2, finding: '', opinion: 'wrong' });
  t.end();
});
