// Inhuman timing: keys pressed faster or more evenly than anybody types, or a form that was open for less time than its keys took.
//
// Password managers auto-type and security keys type like machines too, at their owner's command. So a machine's rhythm weighs in
// full only where no person had time to command it, and less with every good login of the account that looked the same. A form
// filled fast without keys is what autofill does, whether or not the browser admits it: no evidence.
import type { AbsenceCause } from '../../absence.ts';
import type { TypingSample } from '../../attempt.ts';
import type { Facts } from '../../facts.ts';
import { machineRhythm, machineKeysMin, meanOf, spreadOf } from '../../profile/machine-rhythm.ts';
import { handTyped } from '../../profile/typing.ts';
import { defineSignal } from '../definition.ts';
import { rounded } from '../measure.ts';

/** Whoever calls an auto-type by hand looks at the form for a second first. */
const commandMs = 1_000;
/** What remains of a machine's rhythm where a person had time to command it, and where the form's time is unknown. */
const commandedWeight = 0.3;
const unknownWeight = 0.6;
/** Clocks of page and script differ by less than this; a claim to have typed for longer than the form was open is then false. */
const clockToleranceMs = 250;

/**
 * Least time that the keys took, from first press to last release, whether flights were measured from release to press (as documented)
 * or, by a careless client, from press to press.
 */
function typedMs(sample: TypingSample): number {
  let flights = 0;
  for (let i = 0; i < sample.flightMs.length; i++) flights += sample.flightMs[i] as number;
  return Math.max(0, flights) + (sample.dwellMs.at(-1) as number);
}

function commanded(sample: TypingSample, formMs: number | null): number {
  if (formMs === null) return unknownWeight;
  return formMs - typedMs(sample) >= commandMs ? commandedWeight : 1;
}

/** 1 when the form was open for less time than its keys claim to have taken, 0 when not, NaN when its time is unknown. */
function impossibleForm(sample: TypingSample, formMs: number | null): number {
  if (formMs === null) return Number.NaN;
  return typedMs(sample) > formMs + clockToleranceMs ? 1 : 0;
}

function usualMachineCount(facts: Facts): number {
  return facts.account?.typing?.machineCount ?? 0;
}

export const behaviourRobot = defineSignal({
  name: 'behaviour.robot',
  title: 'Inhuman timing',
  describes:
    'Whether the keys came faster (under 25 ms from press to press) or more evenly than anybody types, and whether the form was open for less time than they took. ' +
    'Paste, autofill, touch and assistive input are no evidence, nor is a form filled without keys; password managers and security keys that type are recognised by the time ' +
    "a person needed to call them and by the account's earlier good logins.",
  features: [
    {
      name: 'robot_rhythm',
      monotone: 1,
      sentence: 'Certainty that no person pressed the keys, less where one had time to command a password manager or usually does; 0 to 1.',
    },
    { name: 'robot_form', monotone: 1, sentence: '1 when the form was open for less time than its keys claim to have taken, else 0.' },
  ],
  codes: {
    INHUMAN_TIMING: {
      direction: 'raises',
      sentence: 'The keys came faster or more evenly than people type, or took longer than the form was open.',
    },
    HUMAN_TIMING: { direction: 'lowers', sentence: 'The keys came as people type.' },
  },
  rules: [
    {
      name: 'robot_rhythm',
      points: 0.9,
      sentence: 'Nobody types like this, and nobody had time to call a password manager.',
      holds: (x, at) => (x[at] as number) >= 0.8,
    },
    {
      name: 'robot_form',
      points: 0.9,
      sentence: 'The form was open for less time than its keys claim to have taken.',
      holds: (x, at) => x[at + 1] === 1,
    },
  ],
  derive(facts, out, at): AbsenceCause | null {
    const behavior = facts.attempt.behavior;
    if (behavior === null || behavior.typing === null) return 'not_sent';
    const sample = handTyped(behavior, facts.visit.deviceType);
    if (sample === null || sample.dwellMs.length < machineKeysMin) return 'unknown';
    const rhythm = machineRhythm(sample);
    out[at] = rhythm > 0 ? (rhythm * commanded(sample, behavior.formMs)) / (1 + usualMachineCount(facts)) : rhythm;
    out[at + 1] = impossibleForm(sample, behavior.formMs);
    return Number.isNaN(out[at] as number) && Number.isNaN(out[at + 1] as number) ? 'unknown' : null;
  },
  explain(facts, x, at, contribution) {
    const behavior = facts.attempt.behavior;
    const typing = behavior?.typing ?? { dwellMs: [], flightMs: [] };
    const dwell = meanOf(typing.dwellMs);
    const flight = meanOf(typing.flightMs);
    return {
      code: contribution > 0 ? 'INHUMAN_TIMING' : 'HUMAN_TIMING',
      evidence: {
        keys: typing.dwellMs.length,
        mean_hold_ms: rounded(dwell),
        mean_gap_ms: rounded(flight),
        hold_spread_ms: rounded(spreadOf(typing.dwellMs, dwell)),
        gap_spread_ms: rounded(spreadOf(typing.flightMs, flight)),
        form_ms: behavior?.formMs ?? null,
        machine_rhythm: rounded(x[at] as number),
        form_too_short: x[at + 1] === 1,
        good_logins_typed_by_machine: usualMachineCount(facts),
      },
    };
  },
});
