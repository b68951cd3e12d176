// The canonical form of one login try: parsed, bounded, normalised. Nothing here is raw input any more, except the two texts of a
// browser that an analyst is shown as they were sent.
// Absent optional fields are null, so that every attempt has the same shape.

export type IpScope = 'public' | 'private' | 'reserved';

/** An address reduced to what we reason about. An IPv4-mapped IPv6 address is IPv4. */
export interface IpAddress {
  /** Canonical text (RFC 5952 for IPv6). */
  readonly text: string;
  readonly version: 4 | 6;
  /** Unsigned 32-bit words, most significant first: one for IPv4, four for IPv6. */
  readonly words: readonly number[];
  /** What identifies one subscriber: the IPv4 address itself, or the IPv6 /64 ("2001:db8:1:2::/64"). */
  readonly host: string;
  /** The surrounding block: IPv4 /24 or IPv6 /48. */
  readonly block: string;
  readonly scope: IpScope;
}

export type DeviceType = 'desktop' | 'mobile' | 'tablet' | 'other';

/** What a user agent claims to be, after a well-kept parser has read it. */
export interface ClientSoftware {
  /** Browser family, for instance "Chrome"; null when unknown. */
  readonly browser: string | null;
  readonly browserMajor: number | null;
  /** Operating system family, for instance "Windows". */
  readonly os: string | null;
  readonly osMajor: number | null;
  readonly deviceType: DeviceType;
  /** What kind of machine client it admits to being, if any. */
  readonly automation: 'http_library' | 'headless' | 'crawler' | 'empty' | null;
}

export const credentialMethods = [
  'password',
  'passkey',
  'otp',
  'push',
  'magic_link',
  'federated',
  'certificate',
  'recovery',
  'other',
] as const;
export type CredentialMethod = (typeof credentialMethods)[number];

export interface ClientHints {
  readonly platform: string | null;
  readonly mobile: boolean | null;
  /** Brand families in lower case with major versions, GREASE entries removed. */
  readonly brands: readonly { readonly brand: string; readonly major: number }[];
}

export interface DeviceClaim {
  readonly id: string | null;
  /** Null when no user agent was sent; `automation: 'empty'` when an empty one was. */
  readonly software: ClientSoftware | null;
  /** Primary language tag in lower case, for instance "de" of "de-DE,de;q=0.9". */
  readonly language: string | null;
  /** Region subtag of the first language, upper case ("DE"), if any. */
  readonly languageRegion: string | null;
  readonly clientHints: ClientHints | null;
  /** IANA name, known to this runtime; null when not sent or not a zone. */
  readonly timeZone: string | null;
  readonly screen: { readonly width: number; readonly height: number; readonly depth: number | null } | null;
  readonly platform: string | null;
  readonly fingerprint: string | null;
  readonly webdriver: boolean | null;
  /** As it was sent, for the analyst's eyes: no signal reads it and it is stored in cases only. */
  readonly userAgent: string | null;
  /** Likewise. */
  readonly acceptLanguage: string | null;
}

export interface TypingSample {
  readonly dwellMs: readonly number[];
  readonly flightMs: readonly number[];
}

export interface PointerSample {
  readonly moves: number | null;
  readonly touch: boolean | null;
}

export interface BehaviorClaim {
  readonly typing: TypingSample | null;
  readonly pointer: PointerSample | null;
  readonly pasted: boolean | null;
  readonly autofilled: boolean | null;
  readonly assistive: boolean | null;
  readonly formMs: number | null;
}

export interface Attempt {
  readonly tenant: string;
  readonly attemptId: string;
  /** The time that every window and profile uses. Epoch milliseconds. */
  readonly occurredAtMs: number;
  readonly user: {
    readonly id: string;
    readonly createdAtMs: number | null;
    readonly mfaEnrolled: boolean | null;
    readonly roles: readonly string[];
    readonly credentialChangedAtMs: number | null;
  };
  readonly ip: IpAddress;
  readonly credential: {
    readonly method: CredentialMethod | null;
    readonly result: 'success' | 'failure';
    readonly breached: boolean | null;
  };
  readonly device: DeviceClaim;
  readonly session: { readonly id: string; readonly startedAtMs: number | null } | null;
  readonly behavior: BehaviorClaim | null;
  readonly network: { readonly rttMs: number | null; readonly ja4: string | null };
  readonly client: { readonly id: string | null; readonly sensitivity: 'low' | 'normal' | 'high' };
}
