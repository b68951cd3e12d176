import t from 'tap';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseAttempt } from '../../src/parse/attempt.ts';
import type { AttemptFault } from '../../src/parse/attempt.ts';
import { parseClientHints, parseLanguage, parseScreen, parseTimeZone } from '../../src/parse/device-claim.ts';
import { parseTime } from '../../src/parse/rfc3339.ts';
import { isScoreRequest, scoreRequestFault } from '../../src/parse/score-request.ts';
import type { ScoreRequest } from '../../src/parse/score-request.ts';
import { parseUserAgent } from '../../src/parse/user-agent.ts';

const nowMs = Date.parse('2026-11-22T10:00:00Z');
const context = { tenant: 'default', nowMs, attemptId: 'made-up' };
const minimal: ScoreRequest = { user: { id: 'u-1' }, ip: '8.8.4.4' };

function parsed(body: ScoreRequest, options: object = {}) {
  const result = parseAttempt(body, { ...context, ...options });
  if (!result.ok) throw new Error(`${result.field} ${result.message}`);
  return result.attempt;
}

function refused(body: ScoreRequest, options: object = {}): AttemptFault {
  const result = parseAttempt(body, { ...context, ...options });
  if (result.ok) throw new Error('was accepted');
  return result;
}

t.test('an account and an address are enough, and everything else is absent', (t) => {
  t.ok(isScoreRequest(minimal));
  const attempt = parsed(minimal);
  t.equal(attempt.attemptId, 'made-up');
  t.equal(attempt.occurredAtMs, nowMs);
  t.same(attempt.credential, { method: null, result: 'success', breached: null });
  t.same(attempt.client, { id: null, sensitivity: 'normal' });
  t.equal(attempt.behavior, null);
  t.equal(attempt.session, null);
  t.equal(attempt.device.software, null);
  t.end();
});

t.test('null means not sent, everywhere', (t) => {
  const body = {
    ...minimal,
    attempt_id: null,
    occurred_at: null,
    credential: null,
    device: { id: null, user_agent: null, client_hints: null, webdriver: null },
    session: { id: null },
    behavior: { typing: null, pointer: { moves: null } },
    network: null,
    client: { id: null, sensitivity: null },
    deadline_ms: null,
  };
  t.ok(isScoreRequest(body));
  t.equal(parsed(body as ScoreRequest).attemptId, 'made-up');
  t.equal(parsed(body as ScoreRequest).session, null);
  t.end();
});

t.test('a body of another shape is refused with the field that is wrong', (t) => {
  const cases: [unknown, string][] = [
    [{ user: { id: 'u' } }, 'ip'],
    [{ ip: '8.8.4.4' }, 'user'],
    [{ ...minimal, user: {} }, 'user.id'],
    [{ ...minimal, user: { id: '' } }, 'user.id'],
    [{ ...minimal, user: { id: 'x'.repeat(257) } }, 'user.id'],
    [{ ...minimal, user: { id: 7 } }, 'user.id'],
    [{ ...minimal, user: { id: 'u', name: 'n' } }, 'user.name'],
    [{ ...minimal, surprise: 1 }, 'surprise'],
    [{ ...minimal, credential: { method: 'guess' } }, 'credential.method'],
    [{ ...minimal, behavior: { typing: { dwell_ms: [1, 'x'] } } }, 'behavior.typing.dwell_ms.1'],
    [{ ...minimal, attempt_id: 'with space' }, 'attempt_id'],
    [{ ...minimal, deadline_ms: 1.5 }, 'deadline_ms'],
    [{ ...minimal, network: { rtt_ms: -1 } }, 'network.rtt_ms'],
    [JSON.parse('{"user":{"id":"u","__proto__":{"x":1}},"ip":"8.8.4.4"}'), 'user.__proto__'],
    [[], ''],
    [null, ''],
    ['text', ''],
  ];
  for (const [body, field] of cases) {
    t.notOk(isScoreRequest(body), JSON.stringify(body));
    t.equal(scoreRequestFault(body).field, field, JSON.stringify(body));
  }
  t.end();
});

t.test('what the caller writes is read strictly and named when wrong', (t) => {
  const cases: [ScoreRequest, string, string][] = [
    [{ ...minimal, ip: '8.8.4.04' }, 'ip', 'invalid_field'],
    [{ ...minimal, user: { id: 'a\u0000b' } }, 'user.id', 'invalid_field'],
    [{ ...minimal, user: { id: '\ud800' } }, 'user.id', 'invalid_field'],
    [{ ...minimal, session: { id: 'a\nb' } }, 'session.id', 'invalid_field'],
    [{ ...minimal, client: { id: '\udc00' } }, 'client.id', 'invalid_field'],
    [{ ...minimal, occurred_at: 'yesterday' }, 'occurred_at', 'invalid_field'],
    [{ ...minimal, occurred_at: '2026-11-22T10:00:00' }, 'occurred_at', 'invalid_field'],
    [{ ...minimal, user: { id: 'u', created_at: '2026' } }, 'user.created_at', 'invalid_field'],
    [{ ...minimal, user: { id: 'u', credential_changed_at: '' } }, 'user.credential_changed_at', 'invalid_field'],
    [{ ...minimal, session: { id: 's', started_at: 'x' } }, 'session.started_at', 'invalid_field'],
    [{ ...minimal, occurred_at: '2026-11-22T09:54:59.999Z' }, 'occurred_at', 'time_out_of_range'],
    [{ ...minimal, occurred_at: '2026-11-22T10:05:00.001Z' }, 'occurred_at', 'time_out_of_range'],
  ];
  for (const [body, field, code] of cases) t.match(refused(body), { field, code }, JSON.stringify(body));
  t.end();
});

t.test('history may be as old as it likes, but never in the future', (t) => {
  const old = { ...minimal, occurred_at: '2015-01-02T03:04:05+01:00' };
  t.equal(parsed(old, { anyPast: true }).occurredAtMs, Date.parse('2015-01-02T02:04:05Z'));
  t.equal(refused({ ...minimal, occurred_at: '2026-11-22T10:06:00Z' }, { anyPast: true }).code, 'time_out_of_range');
  t.equal(refused({ ...minimal, occurred_at: '1969-12-31T23:59:59Z' }, { anyPast: true }).code, 'time_out_of_range');
  t.end();
});

t.test('the edges of the live window are inside it', (t) => {
  for (const occurred_at of ['2026-11-22T09:55:00Z', '2026-11-22T10:05:00Z'])
    t.equal(parsed({ ...minimal, occurred_at }).occurredAtMs, Date.parse(occurred_at));
  t.end();
});

t.test('what a browser writes is dropped when malformed, never refused', (t) => {
  const { device } = parsed({
    ...minimal,
    device: {
      id: 'x'.repeat(300),
      user_agent: 'x'.repeat(5000),
      accept_language: '*',
      client_hints: { brands: 7, mobile: 'yes', platform: ['x'] },
      timezone: 'Mars/Base',
      screen: '1e3x7',
      platform: 'p'.repeat(900),
      fingerprint: '',
    },
  });
  t.same(
    { ...device, software: null, userAgent: null },
    {
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
      acceptLanguage: '*',
    },
  );
  t.end();
});

t.test('the two texts of a browser that an analyst is shown are kept as they were sent', (t) => {
  const sent = { user_agent: 'curl/8 <script>\u202e', accept_language: 'tlh, *;q=0' };
  t.match(parsed({ ...minimal, device: sent }).device, { userAgent: sent.user_agent, acceptLanguage: sent.accept_language });
  t.match(parsed({ ...minimal, device: { user_agent: '', accept_language: null } }).device, { userAgent: '', acceptLanguage: null });
  t.match(parsed(minimal).device, { userAgent: null, acceptLanguage: null });
  t.end();
});

t.test('a typing rhythm with an impossible number is not a rhythm', (t) => {
  const typing = (dwell_ms: number[], flight_ms: number[]) =>
    parsed({ ...minimal, behavior: { typing: { dwell_ms, flight_ms } } }).behavior?.typing;
  t.same(typing([91, 88], [120]), { dwellMs: [91, 88], flightMs: [120] });
  t.same(typing([91], [-40]), { dwellMs: [91], flightMs: [-40] });
  t.equal(typing([-1], []), null);
  t.equal(typing([1], [1e9]), null);
  t.equal(typing([], [5]), null);
  t.equal(
    typing(
      Array.from({ length: 900 }, () => 50),
      [],
    )?.dwellMs.length,
    256,
  );
  t.end();
});

t.test('languages, screens, zones and hints are read as browsers write them', (t) => {
  t.same(parseLanguage('de-DE,de;q=0.9,en;q=0.8'), { language: 'de', region: 'DE' });
  t.same(parseLanguage('zh-Hant-TW'), { language: 'zh', region: 'TW' });
  t.same(parseLanguage('es-419'), { language: 'es', region: '419' });
  t.same(parseLanguage('EN'), { language: 'en', region: null });
  for (const bad of ['', '*', 'toolong-DE', '12', 'd']) t.equal(parseLanguage(bad), null, bad);
  t.same(parseScreen('1920x1080x24'), { width: 1920, height: 1080, depth: 24 });
  t.same(parseScreen('390x844'), { width: 390, height: 844, depth: null });
  for (const bad of ['', '0x0', '1920', '99999x1', '1920x1080x', '-1x5', '1920x1080x24x1']) t.equal(parseScreen(bad), null, bad);
  t.equal(parseTimeZone('Europe/Berlin'), 'Europe/Berlin');
  t.equal(parseTimeZone('europe/berlin'), 'Europe/Berlin');
  t.equal(parseTimeZone('UTC'), 'UTC');
  for (const bad of ['+01:00', '', 'Nowhere/City', 'x'.repeat(200), '../etc/passwd']) t.equal(parseTimeZone(bad), null, bad);
  const brands = [
    { brand: 'chromium', major: 140 },
    { brand: 'google chrome', major: 140 },
  ];
  t.same(
    parseClientHints({
      brands: '"Chromium";v="140", "Not;A=Brand";v="24", "Google Chrome";v="140.0.1"',
      mobile: '?0',
      platform: '"Windows"',
    }),
    {
      platform: 'Windows',
      mobile: false,
      brands,
    },
  );
  t.same(
    parseClientHints({
      brands: [
        { brand: 'Chromium', version: '140' },
        { brand: 'Not)A;Brand', version: '8' },
        { brand: 'Google Chrome', version: '140' },
      ],
      mobile: true,
    }),
    { platform: null, mobile: true, brands },
  );
  t.end();
});

t.test('times are RFC 3339 and nothing else', (t) => {
  for (const good of ['2026-11-22T10:00:00Z', '2026-11-22t10:00:00.5z', '2024-02-29T00:00:00.123456-08:00', '2026-11-22 10:00:00+05:30']) {
    t.equal(parseTime(good), Date.parse(good.replace(' ', 'T').toUpperCase().replace('.123456', '.123')), good);
  }
  const bad = [
    '',
    '2026-11-22',
    '2026-11-22T10:00Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-31T00:00:00Z',
    '2026-11-22T24:00:00Z',
  ];
  bad.push(
    '2026-11-22T10:00:00',
    '2026-11-22T10:00:00.Z',
    '2026-11-22T10:00:00+0100',
    '2026-11-22T10:00:00+01:00x',
    '0000-00-00T00:00:00Z',
    '0050-01-01T00:00:00Z',
  );
  for (const text of bad) t.equal(parseTime(text), null, text);
  t.end();
});

t.test('every instant survives writing and reading', (t) => {
  const max = Date.parse('9999-12-31T23:59:59.999Z');
  fc.assert(
    fc.property(fc.integer({ min: Date.parse('0100-01-01T00:00:00Z'), max }), (ms) => parseTime(new Date(ms).toISOString()) === ms),
  );
  t.end();
});

t.test('user agents are read into families, and machine clients are told apart', (t) => {
  const chrome = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
  t.same(parseUserAgent(chrome), {
    browser: 'Chrome',
    browserMajor: 140,
    os: 'Windows',
    osMajor: 10,
    deviceType: 'desktop',
    automation: null,
  });
  const iphone =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
  t.match(parseUserAgent(iphone), { os: 'iOS', osMajor: 17, deviceType: 'mobile', automation: null });
  const kinds: [string, string | null][] = [
    ['', 'empty'],
    ['   ', 'empty'],
    ['curl/8.5.0', 'http_library'],
    ['python-requests/2.31.0', 'http_library'],
    ['Go-http-client/1.1', 'http_library'],
    ['axios/1.7.2', 'http_library'],
    ['PostmanRuntime/7.39.0', 'http_library'],
    ['okhttp/4.9.0', null],
    [chrome.replace('Chrome/', 'HeadlessChrome/'), 'headless'],
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'crawler'],
    ['Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36', null],
    ['Mozilla/5.0 (Linux; Android 9; CUBOT) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36', null],
  ];
  for (const [text, kind] of kinds) t.equal(parseUserAgent(text).automation, kind, text);
  t.end();
});

t.test('no user agent throws, and what is kept of it is short and printable', (t) => {
  const piece = fc.constantFrom(
    'Mozilla/5.0 ',
    'Chrome/',
    'Version/9',
    '(',
    ')',
    ';',
    'bot',
    'Android ',
    'http://',
    'x'.repeat(60),
    '\u0000',
    '\n',
    'é',
    '1.2.',
    ' ',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 80 }).map((pieces) => pieces.join('')),
      ),
      (text) => {
        const software = parseUserAgent(text);
        return [software.browser, software.os].every((name) => name === null || /^[\x20-\x7e]{1,40}$/.test(name));
      },
    ),
  );
  t.end();
});

const realUserAgents = new URL('../../../shared/data/intoli_user-agents-2.1.198.json.gz', import.meta.url);
t.test(
  'of thousands of real browsers nearly every one is understood and none is called a machine',
  { skip: readable(realUserAgents) ? false : 'the recorded user agents are not here' },
  (t) => {
    const records = JSON.parse(gunzipSync(readFileSync(realUserAgents)).toString()) as { userAgent: string }[];
    const texts = [...new Set(records.map((record) => record.userAgent))].slice(0, 1500);
    const software = texts.map(parseUserAgent);
    t.ok(software.filter((each) => each.browser !== null && each.os !== null && each.deviceType !== 'other').length / texts.length > 0.98);
    t.same(
      texts.filter((_, at) => software[at]?.automation !== null),
      [],
    );
    t.end();
  },
);

function readable(path: URL): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
