// Attackers who try many accounts or many times. Their failures and tries feed the counters, as they would in life.
import { libraries, newestMajor, softwareByName } from '../people/client-table.ts';
import { clientHints, deviceClaim, ja4Of, type WireDevice } from '../people/device.ts';
import { below, between, chance, exponential, pick, pickWeighted } from '../draw.ts';
import { addressIn } from '../world/network-world.ts';
import { scriptedTyping } from '../people/rhythm.ts';
import { dayMs, warmUpDays } from '../tenants.ts';
import type { SimulatedAttempt, WireBehavior } from '../wire.ts';
import { attempt, makeFleet, type Source, targetAt } from './fleet.ts';
import { attackerCountry, attackerDevice, carelessSite, languageIn, strangerBehavior } from './attacker.ts';
import { chooseTarget, type Scene, type Target } from './victim.ts';

/** Lists of leaked pairs tried from a rotating fleet: many accounts, mostly failures, a few successes. */
export function stuffingCampaign(scene: Scene, index: number, successes: number): SimulatedAttempt[] {
  const { random, plan } = scene;
  const campaign = `${plan.name}/stuffing/${index}`;
  const fleet = makeFleet(scene, 5 + below(random, 120));
  const device = attackerDevice(scene, campaign, languageIn(scene, fleet[0]?.site.country ?? 'US'));
  const successShare = between(random, 0.03, 0.1);
  const gapMs = exponential(random, 25_000) + 1500;
  const unknownShare = between(random, 0, 0.4);
  const rotating = chance(random, 0.6);
  const keepsCookie = chance(random, 0.25);
  const out: SimulatedAttempt[] = [];
  let atMs = plan.fromMs + between(random, warmUpDays, plan.days - 3) * dayMs;
  for (let done = 0, tries = 0; done < successes && tries < successes * 40; tries++) {
    atMs += exponential(random, gapMs);
    const target = targetAt(pick(random, scene.residents), atMs);
    if (target === null) continue;
    const source = rotating ? pick(random, fleet) : (fleet[Math.floor(tries / 25) % fleet.length] as Source);
    const success = chance(random, successShare);
    const claim = deviceClaim(device, atMs, target.habit.site.timeZone, random);
    // Most fleets start with an empty browser each time; some forget to.
    if (!keepsCookie) claim.id = `d-${random.id()}`;
    if (chance(random, 0.5)) claim.user_agent = pick(random, scene.donors).wire.device?.user_agent ?? claim.user_agent ?? null;
    delete claim.client_hints;
    const behavior: WireBehavior = chance(random, 0.5)
      ? { pasted: chance(random, 0.5), form_ms: Math.round(between(random, 300, 5000)) }
      : strangerBehavior(scene, target, false, campaign);
    const made = attempt(scene, 'stuffing', campaign, target, source, {
      device: claim,
      behavior,
      ja4: ja4Of(device.software),
      result: success ? 'success' : 'failure',
      outcome: success ? null : 'failed',
    });
    if (success) done++;
    else if (chance(random, unknownShare)) made.wire.user = { ...made.wire.user, id: `${plan.name}-nobody-${below(random, 100_000)}` };
    out.push(made);
  }
  return out;
}

/** One common password against everybody, slowly, each address only a few times. */
export function sprayCampaign(scene: Scene, index: number, successes: number): SimulatedAttempt[] {
  const { random, plan } = scene;
  const campaign = `${plan.name}/spray/${index}`;
  const fleet = makeFleet(scene, 60 + below(random, 500));
  const device = attackerDevice(scene, campaign, 'en-US,en;q=0.9');
  const successShare = between(random, 0.04, 0.1);
  const gapMs = between(random, 20_000, 400_000);
  const out: SimulatedAttempt[] = [];
  let atMs = plan.fromMs + between(random, warmUpDays, plan.days * 0.8) * dayMs;
  const endMs = plan.fromMs + plan.days * dayMs;
  for (let done = 0, tries = 0; done < successes && tries < successes * 40 && atMs < endMs; tries++) {
    atMs += exponential(random, gapMs);
    const target = targetAt(pick(random, scene.residents), atMs);
    if (target === null) continue;
    const success = chance(random, successShare);
    const claim = deviceClaim(device, atMs, target.habit.site.timeZone, random);
    claim.id = `d-${random.id()}`;
    claim.user_agent = pick(random, scene.donors).wire.device?.user_agent ?? claim.user_agent ?? null;
    delete claim.client_hints;
    const behavior = strangerBehavior(scene, target, false, campaign);
    out.push(
      attempt(scene, 'spray', campaign, target, pick(random, fleet), {
        device: claim,
        behavior,
        ja4: ja4Of(device.software),
        result: success ? 'success' : 'failure',
        outcome: success ? null : 'failed',
      }),
    );
    if (success) done++;
  }
  return out;
}

/** A script with bought credentials: an HTTP library, a headless browser, or a driven one with inhuman timing. */
export function botCampaign(scene: Scene, index: number, tries: number): SimulatedAttempt[] {
  const { random, plan } = scene;
  const campaign = `${plan.name}/bot/${index}`;
  const style = pickWeighted(random, [
    ['library', 30],
    ['headless', 25],
    ['driven', 45],
  ] as const);
  const fleet = makeFleet(scene, 1 + below(random, 30));
  const device = attackerDevice(scene, campaign, 'en-US,en;q=0.9');
  const successShare = between(random, 0.2, 0.9);
  const out: SimulatedAttempt[] = [];
  let atMs = plan.fromMs + between(random, warmUpDays, plan.days - 8) * dayMs;
  for (let n = 0; n < tries; n++) {
    atMs += exponential(random, chance(random, 0.5) ? 30_000 : 3_600_000);
    const target = targetAt(pick(random, scene.residents), atMs);
    if (target === null) continue;
    const success = chance(random, successShare);
    const { claim, behavior } = botClaim(scene, style, device, target);
    const parts = {
      device: claim,
      behavior,
      ja4: style === 'library' ? 't13i1812h1_85036bcba153_375ca2c5e164' : ja4Of(device.software),
      result: success ? 'success' : 'failure',
      outcome: success ? null : 'failed',
    } as const;
    out.push(attempt(scene, 'bot', campaign, target, pick(random, fleet), parts));
  }
  return out;
}

function botClaim(
  scene: Scene,
  style: 'library' | 'headless' | 'driven',
  device: ReturnType<typeof attackerDevice>,
  target: Target,
): { claim: WireDevice; behavior: WireBehavior } {
  const { random } = scene;
  const form_ms = Math.round(between(random, 20, 900));
  if (style === 'library') {
    const claim: WireDevice = chance(random, 0.15) ? { user_agent: '' } : { user_agent: pick(random, libraries) };
    return { claim, behavior: {} };
  }
  const claim = deviceClaim(device, target.atMs, chance(random, 0.6) ? 'UTC' : target.habit.site.timeZone, random);
  if (chance(random, 0.65)) claim.id = `d-${random.id()}`;
  const keys = target.resident.person.rhythm.dwellMs.length;
  const behavior: WireBehavior = {
    autofilled: false,
    pasted: false,
    pointer: { moves: 0, touch: false },
    form_ms,
    typing: scriptedTyping(random, keys),
  };
  if (style === 'headless') {
    const major = newestMajor('chrome', target.atMs);
    claim.user_agent = softwareByName.linux_chrome.userAgent(major, 0, '').replace('Chrome/', 'HeadlessChrome/');
    claim.client_hints = clientHints({ platform: 'Linux', brand: 'HeadlessChrome' }, major, false);
    claim.platform = 'Linux x86_64';
    claim.screen = '800x600x24';
  }
  claim.webdriver = chance(random, style === 'headless' ? 0.7 : 0.35);
  return { claim, behavior };
}

/** Holds the password and asks for the second factor again and again, until the owner gives in. */
export function pushCampaign(scene: Scene, index: number): SimulatedAttempt[] {
  const { random, plan } = scene;
  const campaign = `${plan.name}/push/${index}`;
  const target = chooseTarget(scene, chance(random, 0.4));
  const country = chance(random, 0.5) ? target.habit.site.country : attackerCountry(scene);
  const site = carelessSite(scene, country);
  const source = { ip: addressIn(site, random), site };
  const device = attackerDevice(scene, campaign, languageIn(scene, country));
  const pushes = 3 + below(random, 8);
  const out: SimulatedAttempt[] = [];
  let atMs = target.atMs;
  for (let n = 0; n < pushes; n++) {
    const now = { ...target, atMs: Math.round(atMs) };
    const claim = deviceClaim(device, atMs, chance(random, 0.5) ? site.timeZone : target.habit.site.timeZone, random);
    const outcome = n === pushes - 1 ? null : chance(random, 0.5) ? 'challenge_failed' : 'abandoned';
    out.push(
      attempt(scene, 'push_fatigue', campaign, now, source, {
        device: claim,
        behavior: strangerBehavior(scene, now, device.software.touch, campaign),
        ja4: ja4Of(device.software),
        result: 'success',
        outcome,
        method: 'push',
      }),
    );
    atMs += between(random, 20_000, 240_000);
  }
  return out;
}
