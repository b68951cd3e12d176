// Does the client contradict itself? A forged user agent rarely takes client hints, platform, screen and clock along.
import { defineSignal } from '../definition.ts';
import { checkClient, contradictedCount, contradictedNames, madeCount } from './contradictions.ts';

export const deviceInconsistency = defineSignal({
  name: 'device.inconsistency',
  title: 'Client contradicting itself',
  describes:
    'How many of up to six comparisons between user agent, client hints, navigator platform, screen and time zone contradict each other, and how many agree. ' +
    'Only impossible pairs count: asking for the desktop page, turning a phone, an external monitor, an update and privacy settings that hide a value do ' +
    'not. Language is never compared with place, because people live abroad.',
  features: [
    { name: 'device_contradictions', monotone: 1, sentence: 'Comparisons that contradict each other, 0 to 6.' },
    { name: 'device_agreements', monotone: -1, sentence: 'Comparisons that agree, 0 to 6.' },
  ],
  codes: {
    INCONSISTENT_DEVICE: {
      direction: 'raises',
      sentence: 'What the client says of itself does not fit together, or hardly anything confirms it.',
    },
    CONSISTENT_DEVICE: { direction: 'lowers', sentence: 'What the client says of itself fits together.' },
  },
  rules: [
    { name: 'device_contradiction', points: 0.8, sentence: 'One contradiction.', holds: (x, at) => (x[at] as number) >= 1 },
    { name: 'device_contradictions', points: 0.8, sentence: 'Two contradictions or more.', holds: (x, at) => (x[at] as number) >= 2 },
    {
      name: 'device_consistent',
      points: -0.1,
      sentence: 'At least three comparisons agree and none contradicts.',
      holds: (x, at) => x[at] === 0 && (x[at + 1] as number) >= 3,
    },
  ],
  derive: (facts, out, at) => {
    const bits = checkClient(facts.attempt.device);
    const made = madeCount(bits);
    if (made === 0) return 'not_sent';
    const failed = contradictedCount(bits);
    out[at] = failed;
    out[at + 1] = made - failed;
    return null;
  },
  explain: (facts, _x, _at, contribution) => {
    const bits = checkClient(facts.attempt.device);
    const failed = contradictedCount(bits);
    const { os, deviceType, browser, screen, timeZone } = facts.visit;
    return {
      code: contribution > 0 ? 'INCONSISTENT_DEVICE' : 'CONSISTENT_DEVICE',
      evidence: {
        contradictions: contradictedNames(bits),
        compared: madeCount(bits),
        agreed: madeCount(bits) - failed,
        os,
        device_type: deviceType,
        browser,
        screen,
        time_zone: timeZone,
      },
    };
  },
});
