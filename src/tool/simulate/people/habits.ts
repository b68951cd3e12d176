// Where a person is at a moment, through which network they come, with which device: the habits behind one genuine login.
import type { Random } from '../../../ports/random.ts';
import { type Connection, reach, type Reached } from '../world/connection.ts';
import type { Device } from './device.ts';
import { chance, pick } from '../draw.ts';
import type { Person, Trip } from './person.ts';

/** Minutes that a zone's clock is ahead of UTC at a moment. Daylight saving is followed to the half year, which is enough here. */
const offsets = new Map<string, number>();

export function offsetMinutes(timeZone: string, atMs: number): number {
  const half = Math.floor(atMs / (91 * 86_400_000));
  const key = `${timeZone}/${half}`;
  let minutes = offsets.get(key);
  if (minutes === undefined) {
    const text = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).format(half * 91 * 86_400_000);
    const match = /GMT([+-])(\d\d):(\d\d)/.exec(text);
    minutes = match === null ? 0 : (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
    offsets.set(key, minutes);
  }
  return minutes;
}

export function tripAt(person: Person, atMs: number): Trip | null {
  return person.trips.find((trip) => atMs >= trip.fromMs && atMs < trip.untilMs) ?? null;
}

/** On the way to or from a trip nobody signs in. */
export function inTransit(person: Person, atMs: number): boolean {
  return person.trips.some((trip) => Math.abs(atMs - trip.fromMs) < trip.transitMs || Math.abs(atMs - trip.untilMs) < trip.transitMs);
}

export interface Situation {
  readonly reached: Reached;
  readonly device: Device;
  /** The zone that the device's clock shows. */
  readonly timeZone: string;
}

/** Null when the person has no device in use at that time. */
export function situationAt(person: Person, atMs: number, random: Random): Situation | null {
  const inUse = person.devices.filter((device) => atMs >= device.fromMs && atMs < device.untilMs);
  if (inUse.length === 0) return null;
  const trip = tripAt(person, atMs);
  const zone = trip?.place.timeZone ?? person.timeZone;
  const local = new Date(atMs + offsetMinutes(zone, atMs) * 60_000);
  const working = local.getUTCHours() >= 8 && local.getUTCHours() < 18 && local.getUTCDay() % 6 !== 0;
  const device = chooseDevice(inUse, trip !== null, working && person.company !== null, random);
  const connection = chooseConnection(person, trip, device, working, atMs, random);
  // Few people keep their clock at home time while away.
  const timeZone = trip !== null && chance(random, 0.1) ? person.timeZone : zone;
  return { reached: reach(connection, atMs, random), device, timeZone };
}

function chooseDevice(inUse: readonly Device[], away: boolean, atWork: boolean, random: Random): Device {
  const phones = inUse.filter((device) => device.software.touch);
  const computers = inUse.filter((device) => !device.software.touch);
  const wantsPhone = chance(random, away ? 0.65 : atWork ? 0.12 : 0.5);
  const first = wantsPhone ? phones : computers;
  const list = first.length > 0 ? first : inUse;
  // The first device of a kind is the usual one.
  return chance(random, 0.75) ? (list[0] as Device) : pick(random, list);
}

function chooseConnection(person: Person, trip: Trip | null, device: Device, working: boolean, atMs: number, random: Random): Connection {
  const { company } = person;
  const isPhone = device.software.touch;
  if (person.server !== null && !isPhone && chance(random, 0.3)) return person.server;
  if (person.tunnel !== null && chance(random, person.tunnelShare * (isPhone ? 0.5 : 0.8))) return person.tunnel;
  const remote = company?.tunnel ?? null;
  if (remote !== null && working && !isPhone && chance(random, trip === null ? 0.25 : 0.6)) return remote;
  if (person.relay !== null && device.software.calendar === 'safari' && chance(random, 0.8)) return person.relay;
  if (trip !== null) {
    // A roaming phone keeps its home carrier's address; a local SIM does not.
    if (isPhone && chance(random, 0.55)) return chance(random, 0.65) ? person.mobile : trip.localMobile;
    return trip.guest;
  }
  if (company !== null && working && chance(random, isPhone ? 0.4 : 0.6)) return company.office;
  if (isPhone ? chance(random, 0.45) : chance(random, 0.05)) return person.mobile;
  if (chance(random, 0.04)) return pick(random, person.cafes);
  return homeAt(person, atMs);
}

export function homeAt(person: Person, atMs: number): Connection {
  let home = person.homes[0] as Person['homes'][number];
  for (const candidate of person.homes) if (candidate.fromMs <= atMs) home = candidate;
  return home.connection;
}
