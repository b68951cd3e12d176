// How a piece of evidence is declared: what kind of thing it is, in which unit it counts, over which span of time, whether a reader may
// see it, and who could have written it. The declarations themselves are in evidence-catalogue.ts, the questions in evidence.ts.

export const evidenceKinds = [
  'count',
  // Part of a whole, 0 to 1.
  'share',
  // 0 to 1, how likely.
  'probability',
  // How many times as much as usual; 1 = as usual.
  'ratio',
  // The natural logarithm of such a ratio; 0 = as usual.
  'ratio_log',
  // A number on a scale of its own, for comparison with another of the same scale.
  'scale',
  'distance',
  'speed',
  'duration',
  // Age of the copy of a list.
  'list_age',
  // A time of the day, "03:12" in UTC.
  'clock',
  // Yes or no.
  'flag',
  // One of a closed set.
  'token',
  // Several of a closed set.
  'tokens',
  // What a thing is called by: a country, a network number, a city. Resolved to words by the reader's language.
  'handle',
  // A name that somebody else chose.
  'label',
  // Several of those.
  'labels',
] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

export const units = ['km', 'km/h', 'hours', 'days', 'minutes', 'ms'] as const;
export type Unit = (typeof units)[number];

export const handleKinds = ['country', 'region', 'city', 'network', 'time_zone', 'language', 'screen'] as const;
export type HandleKind = (typeof handleKinds)[number];

/** The span of time that a count is about. */
export const countWindows = ['1m', '10m', '1h', '24h'] as const;
export type CountWindow = (typeof countWindows)[number];

/**
 * Who could have chosen the value.
 *
 * service   counted, measured or worked out by us from what really happened, or looked up as a code
 * caller    said by the identity provider, from a closed set
 * client    chosen by whoever signs in, but only as a number or within a closed set or a strict form (a screen size, a time zone)
 * text      free text: of the client (names out of a user agent), or of a register that others write (operators, cities)
 */
export const writers = ['service', 'caller', 'client', 'text'] as const;
export type Writer = (typeof writers)[number];

export interface EvidenceDeclaration {
  readonly kind: EvidenceKind;
  readonly unit: Unit | null;
  /** Null for whatever is no count, and for counts over all time. */
  readonly window: CountWindow | null;
  /** The closed set of a token; for a label the names that may be repeated, the others are "not a common one". Null: no such set. */
  readonly values: readonly string[] | null;
  readonly handle: HandleKind | null;
  /** Whether a reader may be shown the value. False: an inner quantity that means nothing outside the signal. */
  readonly shown: boolean;
  readonly writer: Writer;
}
