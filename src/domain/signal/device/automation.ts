// Does the client admit to being a machine? Most credential stuffing does not even hide it; most honest machine clients do not either.
import type { ClientSoftware } from '../../attempt.ts';
import type { Facts } from '../../facts.ts';
import { defineSignal } from '../definition.ts';
import { logFamiliarity, rounded } from '../measure.ts';

const webdriverAt = 0;
const headlessAt = 1;
const machineAt = 2;
const usualAt = 3;

export const deviceAutomation = defineSignal({
  name: 'device.automation',
  title: 'Automated client',
  describes:
    'Whether the browser reports remote control, or the user agent is that of a headless browser, a crawler or an HTTP library, or is empty. A native app ' +
    'often shows its HTTP library: where the same device signed in well with it before, that is its habit and counts against the suspicion.',
  features: [
    {
      name: 'device_webdriver',
      monotone: 1,
      sentence: '1 = the browser says that it is remotely controlled (navigator.webdriver), 0 = it denies it.',
    },
    { name: 'device_headless', monotone: 1, sentence: "1 = the user agent is a headless browser's or a crawler's, 0 = it is not." },
    { name: 'device_machine_client', monotone: 1, sentence: "1 = the user agent is an HTTP library's or empty, 0 = it is not." },
    {
      name: 'device_automation_usual_log',
      monotone: -1,
      sentence:
        'ln(1 + good logins of the account with the same device id and system), halved per 180 days of disuse, where the client is automated; otherwise 0.',
    },
  ],
  codes: {
    AUTOMATION: { direction: 'raises', sentence: "The client is automated, or uses what attackers' tools use." },
    NO_AUTOMATION: {
      direction: 'lowers',
      sentence: "Nothing about the client says that it is automated, or its automation is the account's habit.",
    },
  },
  rules: [
    {
      name: 'device_webdriver',
      points: 2,
      sentence: 'The browser is remotely controlled.',
      holds: (x, at) => x[at + webdriverAt] === 1 && !habitual(x, at),
    },
    {
      name: 'device_headless',
      points: 2.5,
      sentence: 'A headless browser or a crawler signs in.',
      holds: (x, at) => x[at + headlessAt] === 1 && !habitual(x, at),
    },
    {
      name: 'device_machine_client',
      points: 1.2,
      sentence: "An HTTP library or an empty user agent, and not this device's habit.",
      holds: (x, at) => x[at + machineAt] === 1 && !habitual(x, at),
    },
  ],
  derive: (facts, out, at) => {
    const { software, webdriver } = facts.attempt.device;
    if (software === null && webdriver === null) return 'not_sent';
    if (webdriver !== null) out[at + webdriverAt] = webdriver ? 1 : 0;
    if (software !== null) {
      const { automation } = software;
      out[at + headlessAt] = automation === 'headless' || automation === 'crawler' ? 1 : 0;
      out[at + machineAt] = automation === 'http_library' || automation === 'empty' ? 1 : 0;
    }
    out[at + usualAt] = isAutomated(software, webdriver) ? habit(facts) : 0;
    return null;
  },
  explain: (facts, x, at, contribution) => {
    const { software, webdriver } = facts.attempt.device;
    return {
      code: contribution > 0 ? 'AUTOMATION' : 'NO_AUTOMATION',
      evidence: {
        remotely_controlled: webdriver,
        client_kind: software === null ? null : (software.automation ?? 'browser'),
        browser: facts.visit.browser,
        good_logins_like_this: isAutomated(software, webdriver) ? rounded(Math.expm1(x[at + usualAt] as number)) : null,
      },
    };
  },
});

/** Three undecayed good logins: more than an attacker gets by guessing right once. */
function habitual(x: Float32Array, at: number): boolean {
  return (x[at + usualAt] as number) > 1.3;
}

function isAutomated(software: ClientSoftware | null, webdriver: boolean | null): boolean {
  return webdriver === true || (software !== null && software.automation !== null);
}

/** Good logins of the same id on the same system. Only an id carries a habit: every copy of a library looks the same. */
function habit(facts: Facts): number {
  const { knownDevice, visit } = facts;
  if (knownDevice === null || visit.device === null || knownDevice.os !== visit.os || knownDevice.browser !== visit.browser) return 0;
  return logFamiliarity(knownDevice.count, knownDevice.lastMs, visit.atMs);
}
