// What a user agent claims to be, read by ua-parser-js. The text is written by whoever attacks us, so it is cut before any
// pattern sees it, the result holds short names only, and a parser that throws costs the claim, not the attempt.
//
// Parsing takes about 50 microseconds, as much as all the rest of an assessment. A site sees a few thousand distinct user
// agents, so the answers are kept; somebody who sends a new one each time pays with our time what it costs to parse, no more.
import { LRUCache } from 'lru-cache';
import { UAParser } from 'ua-parser-js';
import type { ClientSoftware, DeviceType } from '../domain/attempt.ts';

/** Real user agents end before 300 characters; ua-parser-js itself looks at 500. */
export const userAgentLengthMax = 512;
const nameLengthMax = 40;

/** A few megabytes at the longest texts. */
const parsed = new LRUCache<string, ClientSoftware>({ max: 4096 });

const nothing: ClientSoftware = { browser: null, browserMajor: null, os: null, osMajor: null, deviceType: 'other', automation: null };
const empty: ClientSoftware = { ...nothing, automation: 'empty' };

// Every pattern is a list of plain words, so that matching is linear in the text.
const headless = /headless|phantomjs|slimerjs|puppeteer|playwright|selenium|webdriver|cypress|jsdom|splash\/|electron-nightmare/i;
// okhttp, CFNetwork and Dart are left out: they are how phone apps speak, and apps sign in too.
const library =
  /^(?:curl|wget|python|aiohttp|httpx|go-http-client|java|jakarta|apache-httpclient|libwww|lwp|perl|php|guzzle|ruby|faraday|rest-client|axios|node|undici|got|superagent|postmanruntime|insomnia|httpie|powershell|winhttp|hydra|nikto|sqlmap|nmap|masscan|zgrab|fasthttp|reqwest|hyper|dart-scanner|mechanize|scrapy|typhoeus|restsharp|k6|jmeter|autocannon|vegeta|locust)(?:[/\s_.-]|$)|windowspowershell|python-requests|python-urllib/i;
const crawler = /(?<!cu)bot\b|crawler|spider|slurp|facebookexternalhit|embedly|archiver|https?:\/\/[^ )]{0,80}bot/i;
const desktopSystem = /windows|mac os|macos|linux|ubuntu|debian|fedora|chrom(?:e|ium) os|bsd|solaris/i;
const phoneSystem = /android|ios|harmonyos|kaios|windows phone|windows mobile|blackberry|tizen/i;

/** Never throws. An empty text is a claim of its own; a cut one is read as far as it goes. */
export function parseUserAgent(text: string): ClientSoftware {
  if (text.length === 0) return empty;
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const cut = text.slice(0, userAgentLengthMax).trim();
  if (cut === '') return empty;
  if (cut === text) return remember(text);
  // A slice keeps the whole text alive for as long as the cache keeps the slice, so what is kept is a copy.
  return parsed.get(cut) ?? remember(Buffer.from(cut).toString());
}

function remember(text: string): ClientSoftware {
  const software = readSoftware(text);
  parsed.set(text, software);
  return software;
}

function readSoftware(text: string): ClientSoftware {
  try {
    const parser = new UAParser(text);
    const browser = parser.getBrowser();
    const os = parser.getOS();
    return {
      browser: nameOf(browser.name),
      browserMajor: majorOf(browser.version),
      os: nameOf(os.name),
      osMajor: majorOf(os.version),
      deviceType: deviceTypeOf(parser.getDevice().type, os.name),
      automation: automationOf(text),
    };
  } catch {
    return { ...nothing, automation: automationOf(text) };
  }
}

function automationOf(text: string): ClientSoftware['automation'] {
  if (headless.test(text)) return 'headless';
  if (library.test(text)) return 'http_library';
  return crawler.test(text) ? 'crawler' : null;
}

/** Some browser names come from the text itself, so they are bounded and printable. */
function nameOf(name: string | undefined): string | null {
  if (name === undefined) return null;
  const clean = name.replace(/[^\x20-\x7e]/g, '').slice(0, nameLengthMax);
  return clean === '' ? null : clean;
}

function majorOf(version: string | undefined): number | null {
  const major = Number.parseInt(version ?? '', 10);
  return Number.isInteger(major) && major >= 0 && major < 100_000 ? major : null;
}

function deviceTypeOf(type: string | undefined, os: string | undefined): DeviceType {
  if (type === 'mobile' || type === 'tablet') return type;
  if (type !== undefined || os === undefined) return 'other';
  if (phoneSystem.test(os)) return 'mobile';
  return desktopSystem.test(os) ? 'desktop' : 'other';
}
