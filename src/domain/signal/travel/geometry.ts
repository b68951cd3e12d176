// Distance on the globe, how far a person gets in a time, and how much of a distance the error of two locations explains.
//
// The error model. An address's location is one of three things: right up to a local error; right up to a regional error
// (a carrier's gateway, a provider's pool moved across the country); or about something else altogether (an exit abroad, a
// roaming phone, a wrong database line), in which case it says nothing. `LocationTrust` gives the chances of the first two.
// Errors are taken as normal in two dimensions. With a radius r that holds two of three true places (how sources state it),
// the chance of an error of at least x is then 3^-(x/r)^2: Rayleigh, with sigma eliminated. The errors of two ends add like
// independent ones do: r = hypot(r1, r2).
//
// The test. Let somebody have come `reach` in the time, at most. If the observed distance is longer, then at least the excess must
// be location error. The chance that honest locations err this much is what explains the journey away; the rest is the chance
// that it is impossible, counted only as far as both locations can be trusted to say something. So it grows with distance,
// shrinks with time, with the radii and with mistrust of either end, and is exactly zero where one could have come.

/** One in three errors lies beyond the stated radius. */
const ln3 = Math.log(3);
/** Mean radius of the earth (IUGG R1). */
const earthRadiusKm = 6371.0088;
const radians = Math.PI / 180;

/** Great-circle distance between two points in degrees, by the haversine formula, within 0.5 % of the ellipsoid's. */
export function greatCircleKm(latitudeA: number, longitudeA: number, latitudeB: number, longitudeB: number): number {
  if (latitudeA === latitudeB && longitudeA === longitudeB) return 0;
  const sinLatitude = Math.sin(((latitudeB - latitudeA) * radians) / 2);
  const sinLongitude = Math.sin(((longitudeB - longitudeA) * radians) / 2);
  const chord = sinLatitude * sinLatitude + Math.cos(latitudeA * radians) * Math.cos(latitudeB * radians) * sinLongitude * sinLongitude;
  return 2 * earthRadiusKm * Math.asin(Math.sqrt(chord < 1 ? chord : 1));
}

/** Half the circumference: no two places are farther apart. */
export const farthestKm = Math.PI * earthRadiusKm;
/** Door to door on the ground: the pace of express trains, stops and all, which no car exceeds for long. */
const groundSpeedKmh = 200;
/** Faster than the cruise of airliners (840 to 920 km/h) with a usual tail wind. */
const airSpeedKmh = 950;
/** Taxiing, climb, descent, leaving: less than any real airport costs, because some people log in at the gate. */
const airOverheadHours = 1;

/** The farthest that anybody gets in `hours`, a generous bound on purpose: only what exceeds it needs explaining. */
export function reachKm(hours: number): number {
  return Math.max(groundSpeedKmh * hours, airSpeedKmh * (hours - airOverheadHours));
}

/** After this long everywhere can be reached. */
export const anywhereHours = airOverheadHours + farthestKm / airSpeedKmh;

/** No address is located better than a town: sources that state less count street names of a provider's office. */
const radiusMinKm = 10;
/** Two of three regional errors stay below it: from a gateway to the other end of all but the largest countries. */
const regionalRadiusKm = 750;

/** Chances that a location is right up to its radius, or up to a regional error; what remains says nothing. Sum at most 1. */
export interface LocationTrust {
  readonly local: number;
  readonly regional: number;
}

/** Radius that holds two of three differences between the errors of two locations. Absurd radii count as the smallest. */
export function combinedRadiusKm(radiusA: number, radiusB: number): number {
  return Math.sqrt(squaredRadius(radiusA, radiusB, radiusMinKm));
}

function squaredRadius(radiusA: number, radiusB: number, minKm: number): number {
  const a = radiusA > minKm ? radiusA : minKm;
  const b = radiusB > minKm ? radiusB : minKm;
  return a * a + b * b;
}

/** Chance that two locations both say something about where their users are. */
export function bothTrusted(a: LocationTrust, b: LocationTrust): number {
  return (a.local + a.regional) * (b.local + b.regional);
}

/** Probability, in [0, 1), that nobody could have made the journey; see the head of this file. Distances and radii in km. */
export function impossibility(
  distanceKm: number,
  hours: number,
  radiusA: number,
  radiusB: number,
  a: LocationTrust,
  b: LocationTrust,
): number {
  const excessKm = distanceKm - reachKm(hours);
  if (!(excessKm > 0)) return 0;
  const squaredExcess = excessKm * excessKm;
  const local = 1 - Math.exp((-ln3 * squaredExcess) / squaredRadius(radiusA, radiusB, radiusMinKm));
  const regional = 1 - Math.exp((-ln3 * squaredExcess) / squaredRadius(radiusA, radiusB, regionalRadiusKm));
  const bothLocal = a.local * b.local;
  return bothLocal * local + (bothTrusted(a, b) - bothLocal) * regional;
}
