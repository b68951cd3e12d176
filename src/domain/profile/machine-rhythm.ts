// Whether keys were pressed by a machine: faster or more evenly than anybody types.
//
// Not only attackers' scripts press keys: password managers that auto-type, security keys and bar code readers do as well. So a
// machine's rhythm says that nobody's typing was observed; whether it is suspicious is for behaviour.robot to weigh.
import type { TypingSample } from '../attempt.ts';

/** Fewer keys than this may be even by chance. */
export const machineKeysMin = 8;

/**
 * Mean time from one press to the next. The fastest sustained typing on record (over 250 words a minute in short tests) is about
 * 45 ms; below 25 ms nobody can, above 40 ms somebody might.
 */
const paceSurelyMachineMs = 25;
const paceMaybeHumanMs = 40;

/**
 * Mean absolute deviation of dwells and of flights, the larger of the two, as a share of the time from press to press. Scripts
 * with a fixed delay stay near 0.01 (timer jitter). Of 2,856 human samples of fourteen keys (MEU-Mobile KSD) the evenest has 0.073;
 * of any eight neighbouring keys within them, 0.028.
 */
const spreadSurelyMachine = 0.012;
const spreadMaybeHuman = 0.025;

/** Browsers that resist fingerprinting round to 100 ms or to a sixtieth of a second: then evenness is the clock's, not the hand's. */
const coarseTicksMs = [100, 1000 / 60] as const;
const tickToleranceMs = 0.6;

/**
 * 0: a person could have typed this. 1: no person could. Between: at the edge. NaN where the keys are too few or the clock too
 * coarse to say.
 */
export function machineRhythm(sample: TypingSample): number {
  const { dwellMs, flightMs } = sample;
  if (dwellMs.length < machineKeysMin || flightMs.length < machineKeysMin - 1) return Number.NaN;
  if (coarseClock(dwellMs, flightMs)) return Number.NaN;
  const dwell = meanOf(dwellMs);
  const flight = meanOf(flightMs);
  const press = dwell + flight;
  const pace = falling(press, paceSurelyMachineMs, paceMaybeHumanMs);
  if (pace === 1) return 1;
  const spread = Math.max(spreadOf(dwellMs, dwell), spreadOf(flightMs, flight)) / press;
  return Math.max(pace, falling(spread, spreadSurelyMachine, spreadMaybeHuman));
}

/** 1 up to `sure`, 0 from `maybe` on, straight between. */
function falling(value: number, sure: number, maybe: number): number {
  if (value <= sure) return 1;
  return value >= maybe ? 0 : (maybe - value) / (maybe - sure);
}

function coarseClock(dwellMs: readonly number[], flightMs: readonly number[]): boolean {
  for (const tick of coarseTicksMs)
    if (onTicks(dwellMs, tick) && onTicks(flightMs, tick) && (anyTick(dwellMs, tick) || anyTick(flightMs, tick))) return true;
  return false;
}

function onTicks(times: readonly number[], tick: number): boolean {
  for (let i = 0; i < times.length; i++) {
    const time = times[i] as number;
    if (Math.abs(time - Math.round(time / tick) * tick) > tickToleranceMs) return false;
  }
  return true;
}

/** All zeros lie on every clock's ticks and prove nothing about it. */
function anyTick(times: readonly number[], tick: number): boolean {
  for (let i = 0; i < times.length; i++) if ((times[i] as number) > tick / 2) return true;
  return false;
}

export function meanOf(times: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < times.length; i++) sum += times[i] as number;
  return sum / times.length;
}

/** Mean absolute deviation around `mean`. */
export function spreadOf(times: readonly number[], mean: number): number {
  let sum = 0;
  for (let i = 0; i < times.length; i++) sum += Math.abs((times[i] as number) - mean);
  return sum / times.length;
}
