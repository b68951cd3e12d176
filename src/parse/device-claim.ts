// Reads what a browser says of itself. All of it is written by whoever signs in, so nothing here can fail: a value that is not
// what it should be is treated as not sent, which is never evidence of risk and never an error for the caller.
import { LRUCache } from 'lru-cache';
import type { ClientHints, DeviceClaim } from '../domain/attempt.ts';
import type { ScoreRequest } from './score-request.ts';
import { parseUserAgent } from './user-agent.ts';

const identifierLengthMax = 256;
const platformLengthMax = 64;
const brandsMax = 8;
const brandLengthMax = 40;
/** Wider than any screen; what is above is a made-up number. */
const screenSideMax = 32_767;

const nothing: DeviceClaim = {
  id: null,
  software: null,
  language: null,
  languageRegion: null,
  clientHints: null,
  timeZone: null,
  screen: null,
  platform: null,
  fingerprint: null,
  webdriver: null,
  userAgent: null,
  acceptLanguage: null,
};

export function parseDevice(device: ScoreRequest['device']): DeviceClaim {
  if (device === undefined || device === null) return nothing;
  const language = parseLanguage(device.accept_language);
  return {
    id: parseIdentifier(device.id),
    software: typeof device.user_agent === 'string' ? parseUserAgent(device.user_agent) : null,
    language: language === null ? null : language.language,
    languageRegion: language === null ? null : language.region,
    clientHints: parseClientHints(device.client_hints),
    timeZone: parseTimeZone(device.timezone),
    screen: parseScreen(device.screen),
    platform: parsePlatform(device.platform),
    fingerprint: parseIdentifier(device.fingerprint),
    webdriver: device.webdriver ?? null,
    userAgent: device.user_agent ?? null,
    acceptLanguage: device.accept_language ?? null,
  };
}

/** An opaque value: not empty, not too long, and text that can be written to bytes and back. */
export function parseIdentifier(value: string | null | undefined): string | null {
  if (value === undefined || value === null || value === '' || value.length > identifierLengthMax) return null;
  return value.isWellFormed() ? value : null;
}

/** First tag of an Accept-Language header: browsers put the preferred language first. */
export function parseLanguage(header: string | null | undefined): { language: string; region: string | null } | null {
  if (header === undefined || header === null) return null;
  const match = /^ ?([A-Za-z]{2,3})(?:[-_][A-Za-z]{4})?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?(?=$|[-_,; ])/.exec(header);
  if (match === null) return null;
  return { language: (match[1] as string).toLowerCase(), region: match[2]?.toUpperCase() ?? null };
}

/** Zones by the name that was sent; null: this runtime does not know such a zone. Making a formatter takes 30 microseconds. */
const zones = new LRUCache<string, { readonly name: string | null }>({ max: 2048 });
for (const name of Intl.supportedValuesOf('timeZone')) zones.set(name, { name });

export function parseTimeZone(text: string | null | undefined): string | null {
  if (text === undefined || text === null) return null;
  const known = zones.get(text);
  if (known !== undefined) return known.name;
  // Offsets such as "+01:00" are not zones: they say nothing of where.
  if (text.length > 64 || !/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(text)) return null;
  const name = canonicalZone(text);
  zones.set(text, { name });
  return name;
}

function canonicalZone(text: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

export function parseScreen(text: string | null | undefined): DeviceClaim['screen'] {
  if (text === undefined || text === null || text.length > 20) return null;
  const match = /^([1-9][0-9]{0,4})[xX]([1-9][0-9]{0,4})(?:[xX]([1-9][0-9]?))?$/.exec(text);
  if (match === null) return null;
  const width = Number(match[1]);
  const height = Number(match[2]);
  if (width > screenSideMax || height > screenSideMax) return null;
  return { width, height, depth: match[3] === undefined ? null : Number(match[3]) };
}

function parsePlatform(text: string | null | undefined): string | null {
  if (text === undefined || text === null || text === '' || text.length > platformLengthMax) return null;
  return isPrintable(text) ? text : null;
}

/** Takes the values of `navigator.userAgentData` as well as the texts of the headers. */
export function parseClientHints(hints: Readonly<Record<string, unknown>> | null | undefined): ClientHints | null {
  if (hints === undefined || hints === null) return null;
  const platform = parseHintText(hints['platform']);
  const mobile = parseHintFlag(hints['mobile']);
  const brands = parseBrands(hints['brands']);
  return platform === null && mobile === null && brands.length === 0 ? null : { platform, mobile, brands };
}

function parseHintText(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > platformLengthMax) return null;
  const text = value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  return text !== '' && isPrintable(text) ? text : null;
}

function parseHintFlag(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (value === '?1') return true;
  return value === '?0' ? false : null;
}

type Brand = ClientHints['brands'][number];

/** Header texts by what they say: a few dozen are in use at a time, and reading one costs as much as the rest of a device. */
const knownBrands = new LRUCache<string, readonly Brand[]>({ max: 512 });
const noBrands: readonly Brand[] = [];

function parseBrands(value: unknown): readonly Brand[] {
  if (typeof value === 'string') {
    if (value.length > 512) return noBrands;
    const known = knownBrands.get(value);
    if (known !== undefined) return known;
    const brands: Brand[] = [];
    for (const match of value.matchAll(/"([^"\\]{1,40})";v="([0-9]{1,5})[^"]{0,40}"/g)) addBrand(brands, match[1], match[2]);
    knownBrands.set(value, brands);
    return brands;
  }
  const brands: Brand[] = [];
  if (Array.isArray(value)) {
    for (const entry of value.slice(0, brandsMax) as unknown[]) {
      if (typeof entry !== 'object' || entry === null) continue;
      const { brand, version } = entry as { brand?: unknown; version?: unknown };
      if (typeof brand === 'string' && typeof version === 'string') addBrand(brands, brand, version);
    }
  }
  return brands;
}

function addBrand(brands: Brand[], brand: string | undefined, version: string | undefined): void {
  if (brand === undefined || version === undefined || brands.length >= brandsMax || brand.length > brandLengthMax) return;
  // GREASE: browsers add a brand such as "Not;A=Brand" so that nobody relies on the list. It is noise on purpose.
  if (/not.{0,3}a.{0,3}brand/i.test(brand) || !isPrintable(brand)) return;
  const major = Number.parseInt(version, 10);
  if (Number.isInteger(major) && major >= 0 && major < 100_000) brands.push({ brand: brand.toLowerCase(), major });
}

function isPrintable(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
