// One account, one or a few addresses, one password after the other as fast as a machine goes: from a handful of failures to hundreds,
// until a guess is right or the attacker gives up. The failures leave their trace either way.
//
// A fifth sits in the victim's own network: a housemate, a program on the victim's machine, a neighbour behind the same address. Half
// comes through callers that tell nothing but name and address, as an OpenSSH log does. A quarter is aimed at accounts that exist and
// that nobody uses.
import { libraries } from '../people/client-table.ts';
import { deviceClaim, ja4Of, type Device, type WireDevice } from '../people/device.ts';
import { below, between, chance, exponential, logNormal, logUniform, pick, pickWeighted } from '../draw.ts';
import { type ClientPlan, dayMs } from '../tenants.ts';
import type { SimulatedAttempt, WireBehavior } from '../wire.ts';
import { addressIn } from '../world/network-world.ts';
import { attempt, makeFleet, type Source } from './fleet.ts';
import { attackerDevice, languageIn, strangerBehavior } from './attacker.ts';
import { chooseTarget, type Scene, type Target } from './victim.ts';

const unusedShare = 0.25;
/** Of the used accounts, so that one guesser in five is in the victim's own network. */
const ownNetworkShare = 0.2 / (1 - unusedShare);
const sshShare = 0.5;
const givesUpShare = 0.3;
/** A handful, the least that is guessing and not mistyping, and as many as an evening is long. Few guessers are so lucky or so patient. */
const fewestFailures = 5;
const mostFailures = 600;

/** What guesses: the victim's client application sees a program or a browser, an SSH server neither. */
interface Tool {
  readonly device: Device;
  readonly library: string | null;
  readonly keepsCookie: boolean;
}

export function guessingCampaign(scene: Scene, index: number): SimulatedAttempt[] {
  const { random, plan } = scene;
  const campaign = `${plan.name}/guessing/${index}`;
  const chosen = chooseTarget(scene, chance(random, 0.2));
  const used = !chance(random, unusedShare);
  const aimed = used ? chosen : unusedAccount(chosen, `${plan.name}-unused-${index}`, random.uniform());
  const target = chance(random, sshShare) ? throughSsh(scene, aimed) : aimed;
  const sources =
    used && chance(random, ownNetworkShare)
      ? [ownNetwork(scene, target)]
      : makeFleet(scene, chance(random, 0.7) ? 1 : 2 + below(random, 7));
  const tool = makeTool(scene, target, campaign, sources[0] as Source);
  const make = (atMs: number, result: 'success' | 'failure'): SimulatedAttempt => {
    const now = { ...target, atMs: Math.round(atMs) };
    const { claim, behavior } = told(scene, now, tool, campaign);
    const outcome = result === 'success' ? null : 'failed';
    return attempt(scene, 'guessing', campaign, now, pick(random, sources), {
      device: claim,
      behavior,
      ja4: ja4Of(tool.device.software),
      result,
      outcome,
      method: 'password',
    });
  };
  return sequence(scene, target.atMs, make);
}

/** Failures at the tool's pace, then the right guess and what it is used for, or nothing more. */
function sequence(
  scene: Scene,
  startMs: number,
  make: (atMs: number, result: 'success' | 'failure') => SimulatedAttempt,
): SimulatedAttempt[] {
  const { random } = scene;
  const gapMs = logUniform(random, 400, 60_000);
  const failures = Math.max(fewestFailures, Math.min(mostFailures, Math.round(logNormal(random, 80, 0.8))));
  const out: SimulatedAttempt[] = [];
  let atMs = startMs;
  for (let n = 0; n < failures; n++) {
    out.push(make(atMs, 'failure'));
    atMs += gapMs * (0.5 + exponential(random, 0.5));
  }
  if (chance(random, givesUpShare)) return out;
  const visits = 1 + below(random, 4);
  for (let n = 0; n < visits; n++) {
    out.push(make(atMs, 'success'));
    atMs += 5000 + exponential(random, 300_000);
  }
  return out;
}

/** An account made long ago, for a service, a test or somebody who never came; the hour and the guesser's picture are borrowed. */
function unusedAccount(chosen: Target, id: string, age: number): Target {
  const { person } = chosen.resident;
  const unused = { ...person, id, createdMs: chosen.atMs - (30 + age * 1500) * dayMs, credentialChanges: [], mfaEnrolled: false };
  return { ...chosen, resident: { person: unused, attempts: [], good: [] } };
}

function throughSsh(scene: Scene, target: Target): Target {
  const { random } = scene;
  // As the people's own SSH clients: some servers tell the method, none tells more.
  const client: ClientPlan = { id: 'ssh', kind: 'ssh', sends: new Set(chance(random, 0.5) ? ['method'] : []) };
  const { resident } = target;
  return { ...target, resident: { ...resident, person: { ...resident.person, client, secondClient: client } } };
}

/** The very address of the victim's last login, one beside it, or another line of the same operator in town. */
function ownNetwork(scene: Scene, target: Target): Source {
  const { random, world } = scene;
  const { site, wire } = target.habit;
  const where = pickWeighted(random, [
    ['address', 70],
    ['block', 15],
    ['operator', 15],
  ] as const);
  if (where === 'address') return { ip: wire.ip, site };
  if (where === 'block') return { ip: addressIn(site, random), site };
  const town = world.sameOperator(site).filter((each) => each.city === site.city && each.region === site.region);
  const near = pick(random, town.length > 0 ? town : [site]);
  return { ip: addressIn(near, random), site: near };
}

function makeTool(scene: Scene, target: Target, campaign: string, source: Source): Tool {
  const { random } = scene;
  const language = languageIn(scene, chance(random, 0.5) ? target.habit.site.country : source.site.country);
  return {
    device: attackerDevice(scene, campaign, language),
    library: chance(random, 0.4) ? pick(random, libraries) : null,
    keepsCookie: chance(random, 0.4),
  };
}

function told(scene: Scene, target: Target, tool: Tool, campaign: string): { claim: WireDevice; behavior: WireBehavior } {
  const { random } = scene;
  if (tool.library !== null) return { claim: { user_agent: tool.library }, behavior: {} };
  const claim = deviceClaim(tool.device, target.atMs, target.habit.site.timeZone, random);
  if (!tool.keepsCookie) claim.id = `d-${random.id()}`;
  const behavior: WireBehavior = chance(random, 0.5)
    ? { pasted: chance(random, 0.5), form_ms: Math.round(between(random, 300, 5000)) }
    : strangerBehavior(scene, target, false, campaign);
  return { claim, behavior };
}
