// Bodies for load: people of a made-up tenant, each at home with a known device. The same person always gives the same body,
// so that the preloaded profiles and the requests fit each other.
import { testRandom } from '../../test/support/ports.ts';

const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
];
const screens = ['1920x1080x24', '1440x900x30', '390x844x24', '412x915x24', '2560x1440x24'];
/** Stretches of large consumer networks (first octet, second from, second to) that lie in one time zone, so that nobody's clock is wrong. */
const homes: readonly (readonly [first: number, from: number, to: number, zone: string])[] = [
  [84, 128, 191, 'Europe/Berlin'],
  [79, 192, 255, 'Europe/Berlin'],
  [91, 0, 63, 'Europe/Berlin'],
  [87, 128, 191, 'Europe/Berlin'],
  [93, 192, 255, 'Europe/Berlin'],
  [217, 224, 255, 'Europe/Berlin'],
  [178, 0, 15, 'Europe/Berlin'],
  [86, 192, 255, 'Europe/Paris'],
  [82, 224, 239, 'Europe/Paris'],
  [86, 128, 191, 'Europe/London'],
  [81, 128, 159, 'Europe/London'],
  [79, 0, 63, 'Europe/Rome'],
  [87, 0, 31, 'Europe/Rome'],
];

/** A complete body of about one kilobyte for person `n`. */
export function bodyOf(n: number): Record<string, unknown> {
  const random = testRandom(n + 1);
  const kind = n % agents.length;
  const between = (low: number, high: number): number => Math.floor(low + random.uniform() * (high - low));
  const [first, from, to, zone] = homes[n % homes.length] as (typeof homes)[number];
  const ip = `${first}.${between(from, to + 1)}.${between(0, 256)}.${between(1, 255)}`;
  return {
    user: { id: `person-${n}`, created_at: '2024-03-01T09:00:00Z', mfa_enrolled: n % 3 === 0, roles: ['member'] },
    ip,
    credential: { method: 'password', result: 'success', breached: false },
    device: {
      id: `device-${n}`,
      user_agent: agents[kind],
      accept_language: 'de-DE,de;q=0.9,en;q=0.8',
      timezone: zone,
      screen: screens[kind],
      platform: 'Win32',
      webdriver: false,
    },
    session: { id: `session-${n}` },
    behavior: {
      typing: {
        dwell_ms: Array.from({ length: 12 }, () => between(70, 130)),
        flight_ms: Array.from({ length: 11 }, () => between(60, 220)),
      },
      pasted: false,
      autofilled: false,
      form_ms: between(3000, 9000),
    },
    network: { rtt_ms: between(10, 80) },
    client: { id: 'web', sensitivity: 'normal' },
  };
}
