// The yardstick must itself be right: hand-computed likelihood ratios, and the behaviour that the papers describe.
import t from 'tap';
import { createFreeman, type FreemanLogin } from '../../src/tool/baseline/freeman.ts';

const nothing: FreemanLogin = { ip: null, asn: null, country: null, user_agent: null, browser: null, os: null, device_type: null };
const at = (country: string | null, asn: string | null = null, ip: string | null = null): FreemanLogin => ({
  ...nothing,
  country,
  asn,
  ip,
});

t.test('an attribute seen with the user scores by its share there against its share with everybody', async (t) => {
  const freeman = createFreeman();
  for (let i = 0; i < 3; i++) freeman.learn('u', at('DE'));
  freeman.learn('u', at('FR'));
  for (let i = 0; i < 4; i++) freeman.learn('v', at('FR'));
  // Globally 3 of 8 logins are from DE; add-one over two values and the unseen: 4 / 11. For the user 3 of 4.
  const expected = Math.log(4 / 11) - Math.log(3 / 4);
  t.ok(Math.abs(freeman.logRisk('u', at('DE')).attributes - expected) < 1e-12);
});

t.test('a value never seen with the user counts as a quarter of its global likelihood', async (t) => {
  const freeman = createFreeman();
  freeman.learn('u', at('DE'));
  freeman.learn('v', at('FR'));
  t.ok(Math.abs(freeman.logRisk('u', at('FR')).attributes - Math.log(4)) < 1e-12);
  t.ok(Math.abs(freeman.logRisk('stranger', at('FR')).attributes - Math.log(4)) < 1e-12);
});

t.test('levels of the address are weighed 0.6, 0.3 and 0.1', async (t) => {
  const freeman = createFreeman();
  freeman.learn('u', at('DE', '1', 'a'));
  freeman.learn('u', at('DE', '1', 'b'));
  // Address c is new to all: 1 / (2 + 2 + 1). Network 1 and DE: 3 / (2 + 1 + 1) each globally, always with the user.
  const global = 0.6 * (1 / 5) + 0.3 * (3 / 4) + 0.1 * (3 / 4);
  const local = 0.6 * (1 / 5 / 4) + 0.3 + 0.1;
  t.ok(Math.abs(freeman.logRisk('u', at('DE', '1', 'c')).attributes - Math.log(global / local)) < 1e-12);
});

t.test('what was not sent changes nothing', async (t) => {
  const freeman = createFreeman();
  freeman.learn('u', at('DE'));
  t.equal(freeman.logRisk('u', nothing).attributes, 0);
});

t.test('the published form adds how seldom the user signs in, attacks being as likely on each', async (t) => {
  const freeman = createFreeman();
  for (let i = 0; i < 9; i++) freeman.learn('busy', at('DE'));
  freeman.learn('quiet', at('DE'));
  const busy = freeman.logRisk('busy', at('DE'));
  const quiet = freeman.logRisk('quiet', at('DE'));
  t.ok(Math.abs(busy.published - busy.attributes - Math.log(10 / (2 * 9))) < 1e-12);
  t.ok(Math.abs(quiet.published - quiet.attributes - Math.log(10 / 2)) < 1e-12);
});
