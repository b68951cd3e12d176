// Does this account sign in at this time of day and week?
import { minuteOfWeek } from '../../profile/account.ts';
import { defineSignal } from '../definition.ts';
import { rounded } from '../measure.ts';
import { hourLogRatio, nearestClockMinutes } from './hour-density.ts';

/** Below this many good logins any pattern is chance. */
const hoursMin = 8;
const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

export const historyHour = defineSignal({
  name: 'history.hour',
  title: 'Hour of the week',
  describes:
    'How usual the time of this attempt is for the account: a smoothed density over the week and over the day of its last 48 good logins, against a login at ' +
    'any time. The week has no end and the day no midnight. Silent below eight good logins, and cautious in proportion to their number; all in UTC, so a ' +
    'journey through time zones shows here and should be read together with the place.',
  features: [
    {
      name: 'hour_ratio_log',
      monotone: -1,
      sentence: 'ln of the density at this minute over that of any time; above 0 = usual, about -2.6 to 2.8.',
    },
  ],
  codes: {
    UNUSUAL_HOUR: { direction: 'raises', sentence: 'The account seldom signs in at this time of the day and week.' },
    USUAL_HOUR: { direction: 'lowers', sentence: 'The account often signs in at this time of the day and week.' },
  },
  rules: [
    {
      name: 'hour_unusual',
      points: 0.4,
      sentence: 'At least four times rarer than a login at any time.',
      holds: (x, at) => (x[at] as number) < -1.39,
    },
    { name: 'hour_usual', points: -0.2, sentence: 'At least twice as usual as any time.', holds: (x, at) => (x[at] as number) > 0.69 },
  ],
  derive: (facts, out, at) => {
    const hours = facts.account?.hours ?? [];
    if (hours.length < hoursMin) return 'no_history';
    out[at] = hourLogRatio(hours, minuteOfWeek(facts.visit.atMs));
    return null;
  },
  explain: (facts, x, at, contribution) => {
    const hours = facts.account?.hours ?? [];
    const minute = minuteOfWeek(facts.visit.atMs);
    const minuteOfDay = minute % 1_440;
    return {
      code: contribution > 0 ? 'UNUSUAL_HOUR' : 'USUAL_HOUR',
      evidence: {
        time_utc: `${String(Math.floor(minuteOfDay / 60)).padStart(2, '0')}:${String(minuteOfDay % 60).padStart(2, '0')}`,
        weekday_utc: weekdays[Math.floor(minute / 1_440)] as string,
        times_usual: rounded(Math.exp(x[at] as number)),
        good_logins_compared: hours.length,
        nearest_minutes_of_day: rounded(nearestClockMinutes(hours, minute)),
      },
    };
  },
});
