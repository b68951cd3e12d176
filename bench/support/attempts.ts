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
const zones = ['Europe/Berlin', 'America/New_York', 'Europe/London', 'Asia/Tokyo', 'America/Sao_Paulo'];
/** First octets of large consumer networks' space. */
const octets = [24, 46, 62, 78, 79, 80, 82, 84, 86, 87, 88, 90, 91, 92, 93, 94, 95, 98, 109, 176, 178, 188, 189, 217];

/** A complete body of about one kilobyte for person `n`. */
export function bodyOf(n: number): Record<string, unknown> {
  const random = testRandom(n + 1);
  const kind = n % agents.length;
  const between = (low: number, high: number): number => Math.floor(low + random.uniform() * (high - low));
  const ip = `${octets[between(0, octets.length)]}.${between(1, 255)}.${between(0, 256)}.${between(1, 255)}`;
  return {
    user: { id: `person-${n}`, created_at: '2024-03-01T09:00:00Z', mfa_enrolled: n % 3 === 0, roles: ['member'] },
    ip,
    credential: { method: 'password', result: 'success', breached: false },
    device: {
      id: `device-${n}`,
      user_agent: agents[kind],
      accept_language: 'de-DE,de;q=0.9,en;q=0.8',
      timezone: zones[n % zones.length],
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
