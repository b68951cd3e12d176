// What every signal must keep, whatever the facts: checked on thousands of made-up ones, absurd stored records included.
import fc from 'fast-check';
import { absenceCauses } from '../../src/domain/absence.ts';
import type { Facts } from '../../src/domain/facts.ts';
import { asnClasses, listKinds } from '../../src/domain/ip-facts.ts';
import { shortKey } from '../../src/domain/profile/recent-set.ts';
import type { Visit } from '../../src/domain/profile/visit.ts';
import type { EvidenceValue, SignalDefinition } from '../../src/domain/signal/definition.ts';
import { accountWith, dayMs, deriveSignal, factsWith, listHit, nowMs, sourceWith } from './facts.ts';

const oneOf = fc.constantFrom;
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
/** Numbers as a damaged record may hold them. */
const odd = (min: number, max: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.double({ min, max, noNaN: true }) },
    { weight: 1, arbitrary: oneOf(Number.NaN, Number.POSITIVE_INFINITY, -1, 0) },
  );

const place = fc.record({
  asn: orNull(oneOf(3320, 64500, 16509)),
  asnClass: oneOf(...asnClasses),
  anonymous: fc.boolean(),
  country: orNull(oneOf('DE', 'US', 'JP')),
  region: orNull(oneOf('Berlin', 'Tokyo')),
  city: orNull(oneOf('Berlin', 'Tokyo')),
  latitude: orNull(odd(-90, 90)),
  longitude: orNull(odd(-180, 180)),
  accuracyKm: odd(0, 5000),
  host: oneOf('home-host', 'other-host', 'third-host'),
  block: oneOf('home-block', 'other-block'),
});

const client = fc.record({
  device: orNull(oneOf('device-home', 'device-other')),
  browser: orNull(oneOf('Firefox', 'Chrome')),
  browserMajor: orNull(fc.nat(200)),
  os: orNull(oneOf('Windows', 'iOS')),
  deviceType: orNull(oneOf('desktop', 'mobile')),
  language: orNull(oneOf('de', 'en')),
  timeZone: orNull(oneOf('Europe/Berlin', 'Asia/Tokyo', 'UTC', 'No/Such_Zone')),
  screen: orNull(oneOf('1920x1080', '390x844')),
  platform: orNull(oneOf('Win32', 'iPhone')),
  fingerprint: orNull(oneOf('fingerprint-home', 'fingerprint-other')),
  session: orNull(oneOf('session-1', 'session-2')),
});

const visit: fc.Arbitrary<Partial<Visit>> = fc
  .tuple(place, client, fc.integer({ min: -2 * dayMs, max: 400 * dayMs }))
  .map(([where, what, agoMs]) => ({ ...where, ...what, atMs: nowMs - agoMs }));

const source = orNull(
  fc
    .record({
      good: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 20 }),
      failed: fc.array(fc.nat(100), { maxLength: 20 }),
      withSelf: fc.boolean(),
    })
    .map(({ good, failed, withSelf }) => sourceWith({ good: withSelf ? [...good, shortKey('user-1')] : good, failed })),
);

/** Facts of all sorts: any place, client, history, list and population, consistent or not. */
export const anyFacts: fc.Arbitrary<Facts> = fc
  .record({
    where: place,
    what: client,
    history: orNull(fc.array(visit, { maxLength: 12 })),
    hits: fc.array(fc.tuple(oneOf(...listKinds), orNull(odd(0, 20)), odd(0, 100)), { maxLength: 4 }),
    scope: oneOf('public' as const, 'private' as const, 'reserved' as const),
    host: source,
    block: source,
    asn: source,
    device: source,
    total: fc.nat(100_000),
    counts: fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 }),
    absent: orNull(oneOf('late' as const, 'unavailable' as const)),
    result: oneOf('success' as const, 'failure' as const),
    method: orNull(oneOf('password' as const, 'passkey' as const, 'recovery' as const)),
    breached: orNull(fc.boolean()),
  })
  .map((made) => {
    const facts = factsWith({
      attempt: {
        ip: { scope: made.scope },
        device: { id: made.what.device, timeZone: made.what.timeZone },
        credential: { result: made.result, method: made.method, breached: made.breached },
      },
      visit: { ...made.where, ...made.what },
      ip: { lists: made.hits.map(([kind, reports, ageDays]) => listHit(kind, { reports, ageDays })) },
      account: made.history === null ? null : accountWith(made.history),
      host: made.host,
      block: made.block,
      asn: made.asn,
      device: made.device,
      profilesAbsent: made.absent,
    });
    return { ...facts, population: { total: made.total, counts: made.counts } };
  });

function wellFormed(value: EvidenceValue): boolean {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  return typeof value === 'number' ? Number.isFinite(value) : value.every((item) => typeof item === 'string');
}

/** Throws with a sentence when the definition itself breaks the house rules. */
export function checkDefinition(signal: SignalDefinition): void {
  const fail = (why: string): never => {
    throw new Error(`${signal.name}: ${why}`);
  };
  if (!/^[a-z]+(\.[a-z_]+)?$/.test(signal.name)) fail('name is not snake case, at most one dot');
  for (const feature of signal.features) if (!/^[a-z][a-z0-9_]*$/.test(feature.name)) fail(`feature ${feature.name} is not snake case`);
  for (const code of Object.keys(signal.codes)) if (!/^[A-Z][A-Z0-9_]*$/.test(code)) fail(`code ${code} is not upper snake case`);
  const unknown = new Float32Array(signal.features.length + 3).fill(Number.NaN);
  for (const rule of signal.rules) if (rule.points > 0 && rule.holds(unknown, 1)) fail(`rule ${rule.name} raises on unknown`);
}

/** Throws with a sentence when derive or explain breaks its contract on any of `runs` made-up facts. */
export function checkContract(signal: SignalDefinition, runs = 120): void {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const { features, cause, explain } = deriveSignal(signal, facts);
      const values = Object.values(features);
      const observed = values.some((value) => !Number.isNaN(value));
      if (cause !== null && !absenceCauses.includes(cause)) throw new Error(`unknown cause ${cause}`);
      if (cause === null && !observed) throw new Error('nothing was observed, and no cause given');
      if (cause !== null && observed) throw new Error(`absent (${cause}), yet something was observed`);
      for (const contribution of [1, -1]) {
        const { code, evidence } = explain(contribution);
        const direction = signal.codes[code]?.direction;
        if (direction !== (contribution > 0 ? 'raises' : 'lowers'))
          throw new Error(`code ${code} (${direction}) cannot name a contribution of ${contribution}`);
        for (const [key, value] of Object.entries(evidence)) {
          if (!/^[a-z][a-z0-9_]*$/.test(key)) throw new Error(`evidence ${key} is not snake case`);
          if (!wellFormed(value)) throw new Error(`evidence ${key} is ${String(value)}`);
        }
      }
      const again = Object.values(deriveSignal(signal, facts).features);
      return values.every((value, i) => Object.is(value, again[i]));
    }),
    { numRuns: runs },
  );
}
