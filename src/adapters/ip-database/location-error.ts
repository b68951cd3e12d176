// How far from the truth a stated place may lie when its source does not say: the radius that holds the true place in about
// two of three cases. Travel is judged with this error, so a small number here would accuse people who never moved.
//
// A place known by country only is anywhere in it: in a disc of the country's area, two thirds lie within 0.82 of its radius.
// Free city databases put roughly two thirds of consumer addresses within 50 km of the truth where networks are regional, and
// far fewer in large countries, where carriers hand out addresses nationally and many entries are a default city (in the data
// we ship, two thirds of all British addresses lie within 46 km of one point). So a city counts for a fifth of its country's
// radius, at least 50 km, and a region for two fifths, at least 100 km. These two shares are judgement, not measurement.
import type { PlaceRecord } from './mmdb-facts.ts';

// 0.46 x sqrt(area in square kilometres), rounded to classes of about a sixth; countries not named are small.
const classes: readonly [number, string][] = [
  [1900, 'RU'],
  [1450, 'CA CN US'],
  [1300, 'AU BR'],
  [800, 'AR IN KZ'],
  [700, 'CD DZ GL SA'],
  [620, 'ID IR LY MN MX SD'],
  [520, 'AO BO CO ET ML NE PE TD ZA'],
  [440, 'EG MR MZ NA NG PK TR TZ VE'],
  [380, 'AF CF CL MM SO SS UA ZM'],
  [340, 'BW ES FR KE MG PG TH TM YE'],
  [300, 'CM DE IQ JP MA PY SE UZ ZW'],
  [270, 'BF CG CI EC FI GA IT MY NO NZ OM PH PL RO VN'],
  [220, 'BY GB GH GN GY KG KH LA NP SN SY TJ TN UG UY'],
  [160, 'AT AZ BD BG CU CZ ER GR GT HN HU IE IS JO KP KR LR LT LV MW NI PT RS SK SR TG BJ'],
  [100, 'AE AL AM BA BE BI BT CH CR DK DO EE GE GQ GW HR HT LK LS MD MK NL PA RW SB SI SL SV TW'],
];
const smallCountryKm = 50;
const unknownCountryKm = 2000;

const countryRadiusKm = new Map(classes.flatMap(([radiusKm, codes]) => codes.split(' ').map((code): [string, number] => [code, radiusKm])));

/** When another source names another country, the city is not to be relied on: too near a border, or a block that moved. */
const disputedKm = 500;

/** Kilometres, always above 0. `isDisputed`: another source of the same rank names another country. */
export function assumedAccuracyKm(place: PlaceRecord, isDisputed: boolean): number {
  const country = place.country === null ? unknownCountryKm : (countryRadiusKm.get(place.country) ?? smallCountryKm);
  let km = country;
  if (place.latitude !== null && place.city !== null) km = Math.max(50, country / 5);
  else if (place.latitude !== null && place.region !== null) km = Math.max(100, country / 2.5);
  return Math.round(isDisputed ? Math.max(km, disputedKm) : km);
}
