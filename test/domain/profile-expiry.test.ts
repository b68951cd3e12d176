import fc from 'fast-check';
import t from 'tap';
import type { AccountProfile } from '../../src/domain/profile/account.ts';
import { evolveAccount, evolveSource } from '../../src/domain/profile/evolve.ts';
import type { SourceProfile } from '../../src/domain/profile/source.ts';
import { anyAccountEvent, anySourceEvent } from '../support/record-bytes.ts';

const minuteMs = 60_000;
const timeOf = (event: { readonly atMs: number } | { readonly visit: { readonly atMs: number } }): number =>
  'visit' in event ? event.visit.atMs : event.atMs;
/** A counter has no minute before the first one of 1970: what happened in it counts as never. */
const isCounted = (event: Parameters<typeof timeOf>[0]): boolean => timeOf(event) >= minuteMs;
const expired = (atMs: number) => ({ type: 'expired', atMs }) as const;

t.test('an account is kept while anything happened to it since the limit, and forgotten when nothing did for a minute before it', (t) => {
  fc.assert(
    fc.property(
      fc.array(
        anyAccountEvent.filter((event) => event.type !== 'expired' && event.type !== 'unlearned' && isCounted(event)),
        { minLength: 1, maxLength: 12 },
      ),
      (events) => {
        let profile: AccountProfile | null = null;
        for (const event of events) profile = evolveAccount(profile, event);
        const newestMs = Math.max(...events.map(timeOf));
        return evolveAccount(profile, expired(newestMs)) === profile && evolveAccount(profile, expired(newestMs + minuteMs)) === null;
      },
    ),
  );
  t.end();
});

t.test('an address, network or device likewise', (t) => {
  fc.assert(
    fc.property(
      fc.array(
        anySourceEvent.filter((event) => event.type !== 'expired' && event.type !== 'unlearned' && isCounted(event)),
        { minLength: 1, maxLength: 12 },
      ),
      (events) => {
        let profile: SourceProfile | null = null;
        for (const event of events) profile = evolveSource(profile, event);
        const newestMs = Math.max(...events.map(timeOf));
        return evolveSource(profile, expired(newestMs)) === profile && evolveSource(profile, expired(newestMs + minuteMs)) === null;
      },
    ),
  );
  t.end();
});

t.test('what is not remembered cannot be forgotten, nor does forgetting make a profile', (t) => {
  t.equal(evolveAccount(null, expired(1)), null);
  t.equal(evolveSource(null, expired(1)), null);
  t.end();
});
