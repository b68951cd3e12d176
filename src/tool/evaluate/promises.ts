// What the product promises of single logins, tried on the model: a known person at home is quiet, harmless changes alone stay
// under the challenge threshold, and a takeover does not.
import type { WireDevice } from '../simulate/people/device.ts';
import { derive } from '../../assess/derive.ts';
import { gatherNow, type GatherPorts } from '../../assess/gather.ts';
import type { Attempt } from '../../domain/attempt.ts';
import { schema } from '../../domain/feature/schema.ts';
import { attemptedChanges, learnedChanges } from '../../domain/profile/change.ts';
import { dropUnobserved } from '../../domain/reason/observed.ts';
import type { Scorer } from '../../ports/scorer.ts';
import { parseAttempt } from '../../parse/attempt.ts';
import type { ReplayWorld } from '../matrix/replay-ports.ts';
import type { WireAttempt } from '../simulate/wire.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const beginMs = Date.UTC(2026, 2, 2, 8, 30);
const tenant = 'promises';

const laptop: WireDevice = {
  id: 'laptop-of-u1',
  user_agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36',
  accept_language: 'de-DE,de;q=0.9,en;q=0.8',
  timezone: 'Europe/Berlin',
  screen: '1920x1080x24',
  platform: 'Win32',
};
const strange: WireDevice = {
  id: 'never-seen',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36',
  accept_language: 'en-US,en;q=0.9',
  timezone: 'America/New_York',
  screen: '1280x800x24',
  platform: 'Linux x86_64',
};
// Deutsche Telekom, Vodafone and Telefónica lines in Germany; a cloud in the United States; a tunnel's block.
const home = '91.12.34.56';
const homeSix = '2003:e1:1234:5600';
const mobileA = '176.0.12.34';
const mobileB = '176.3.200.99';
const cloud = '3.91.10.20';
const egress = '165.225.72.10';

export interface PromiseResult {
  readonly name: string;
  readonly score: number;
  readonly bound: number;
  readonly kept: boolean;
}

interface Stage {
  /** Signs in well. */
  visit(user: string, ip: string, device: WireDevice | null, atMs: number): void;
  /** Fails. */
  fail(user: string, ip: string, device: WireDevice | null, atMs: number): void;
  score(user: string, ip: string, device: WireDevice | null, atMs: number): Promise<number>;
}

function openStage(ports: GatherPorts, scorer: Scorer): Stage {
  const attemptOf = (user: string, ip: string, device: WireDevice | null, atMs: number, result: 'success' | 'failure'): Attempt => {
    const wire: WireAttempt = {
      user: { id: user },
      ip,
      occurred_at: new Date(atMs).toISOString(),
      credential: { method: 'password', result },
      ...(device === null ? {} : { device }),
    };
    const parsed = parseAttempt(wire, { tenant, nowMs: atMs, attemptId: '', anyPast: true });
    if (!parsed.ok) throw new TypeError(parsed.message);
    return parsed.attempt;
  };
  return {
    visit(user, ip, device, atMs) {
      const { visit } = gatherNow(attemptOf(user, ip, device, atMs, 'success'), ports);
      ports.profiles.apply(tenant, [...attemptedChanges(visit, false), ...learnedChanges(visit)]);
    },
    fail(user, ip, device, atMs) {
      ports.profiles.apply(tenant, attemptedChanges(gatherNow(attemptOf(user, ip, device, atMs, 'failure'), ports).visit, true));
    },
    async score(user, ip, device, atMs) {
      const facts = gatherNow(attemptOf(user, ip, device, atMs, 'success'), ports);
      const { features } = derive(facts, schema);
      const scored = await scorer.score(features);
      if (scored === null) throw new Error('The scorer failed.');
      dropUnobserved(schema, features, scored.groups);
      return scorer.rank(scored.groups.reduce((sum, value) => sum + value, scored.base));
    },
  };
}

/** A fresh stage on which u1 has signed in well on `logins` working days, with colleagues beside. */
function lived(
  world: ReplayWorld,
  scorer: Scorer,
  logins: number,
  ip: (n: number) => string,
  device: WireDevice | null,
): { stage: Stage; nowMs: number } {
  const stage = openStage(world.freshPorts(), scorer);
  for (let n = 0; n < logins; n++) {
    const atMs = beginMs + n * dayMs + ((n * 37) % 50) * 60_000;
    for (let colleague = 2; colleague < 9; colleague++) {
      // Colleagues use the tunnel's exit on some days.
      if ((n + colleague) % 3 === 0)
        stage.visit(`u${colleague}`, egress, { ...laptop, id: `laptop-of-u${colleague}` }, atMs - colleague * 60_000);
      else
        stage.visit(`u${colleague}`, `91.12.${40 + colleague}.7`, { ...laptop, id: `laptop-of-u${colleague}` }, atMs - colleague * 60_000);
    }
    stage.visit('u1', ip(n), device, atMs);
  }
  return { stage, nowMs: beginMs + logins * dayMs + 20 * 60_000 };
}

/** Below `bound` for quiet promises; above it where the name begins with "takeover". */
export async function tryPromises(world: ReplayWorld, scorer: Scorer, challengeAbove = 0.99): Promise<PromiseResult[]> {
  const results: PromiseResult[] = [];
  const quiet = (name: string, score: number, bound: number): void => void results.push({ name, score, bound, kept: score < bound });
  const loud = (name: string, score: number, bound: number): void => void results.push({ name, score, bound, kept: score > bound });

  for (const logins of [6, 12, 30]) {
    const { stage, nowMs } = lived(world, scorer, logins, () => home, laptop);
    quiet(`known person at home, ${logins} logins, browser`, await stage.score('u1', home, laptop, nowMs), 0.5);
    const bare = { id: 'laptop-of-u1' };
    const thin = lived(world, scorer, logins, () => home, bare);
    quiet(`known person at home, ${logins} logins, device id only`, await thin.stage.score('u1', home, bare, thin.nowMs), 0.5);
    const none = lived(world, scorer, logins, () => home, null);
    quiet(`known person at home, ${logins} logins, address only`, await none.stage.score('u1', home, null, none.nowMs), 0.9);
  }

  const { stage, nowMs } = lived(world, scorer, 30, () => home, laptop);
  quiet('coordinates missing (a private address), known device', await stage.score('u1', '10.1.2.3', laptop, nowMs), challengeAbove);
  quiet('first login by mobile carrier, known device', await stage.score('u1', mobileA, laptop, nowMs), challengeAbove);
  quiet('exit shared by colleagues (secure gateway), known device', await stage.score('u1', egress, laptop, nowMs), challengeAbove);
  const onMobile = lived(world, scorer, 30, (n) => (n % 2 === 0 ? mobileA : home), laptop);
  quiet(
    'mobile carrier changes its gateway, known device',
    await onMobile.stage.score('u1', mobileB, laptop, onMobile.nowMs),
    challengeAbove,
  );
  const onSix = lived(world, scorer, 30, (n) => `${homeSix}:${(n * 977 + 1).toString(16)}::1`.replace('::1', ':1:2:3'), laptop);
  quiet('IPv6 rotates in the same /64, known device', await onSix.stage.score('u1', `${homeSix}:abcd:9:8:7`, laptop, onSix.nowMs), 0.5);
  quiet(
    'IPv6 rotates in the same /48, known device',
    await onSix.stage.score('u1', '2003:e1:1234:77ff:abcd:9:8:7', laptop, onSix.nowMs),
    challengeAbove,
  );
  quiet(
    'new browser version, known device',
    await stage.score('u1', home, { ...laptop, user_agent: laptop.user_agent?.replace('145', '147') ?? null }, nowMs),
    challengeAbove,
  );

  for (let n = 0; n < 30; n++) stage.fail(`u${2 + (n % 20)}`, cloud, strange, nowMs + n * 10_000);
  loud(
    'takeover: other country, hosting network with 30 failures, new device, ten minutes later',
    await stage.score('u1', cloud, strange, nowMs + 600_000),
    challengeAbove,
  );
  const clean = lived(world, scorer, 30, () => home, laptop);
  await clean.stage.score('u1', home, laptop, clean.nowMs);
  loud(
    'takeover: other country, hosting network, new device',
    await clean.stage.score('u1', cloud, strange, clean.nowMs + 600_000),
    challengeAbove,
  );
  loud(
    'takeover: stolen cookie used from a hosting network abroad',
    await clean.stage.score('u1', cloud, { ...strange, id: 'laptop-of-u1' }, clean.nowMs + 600_000),
    0.95,
  );
  return results;
}
