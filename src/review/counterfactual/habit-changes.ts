// What could have been as the account's owner does it: client, language, clock, hour, rhythm, session.
import { clientWeights } from '../../domain/signal/device/account-rarity.ts';
import { hoursMax } from '../../domain/signal/history/change.ts';
import { absent, anyAbove, atLeast, atMost, type Change, clear, put } from './change.ts';
import { featureAt, type Login } from './login.ts';

const clientRatios = ['client_browser_ratio_log', 'client_os_ratio_log', 'client_type_ratio_log'].map(featureAt);
const clientRatio = featureAt('client_ratio_log');
const languageKnown = featureAt('language_known_log');
const languageRatio = featureAt('language_ratio_log');
const languageSurprise = featureAt('language_surprise');
const zoneHours = featureAt('timezone_difference_hours');
const zoneKnown = featureAt('timezone_familiarity_log');
const hourRatio = featureAt('hour_ratio_log');
const dormancyDays = featureAt('dormancy_days_log');
const dormancyRatio = featureAt('dormancy_ratio_log');
const changeHours = featureAt('change_hours_log');
const changeUnproven = featureAt('change_unproven');
const typing = featureAt('typing_mismatch');

/** From here on a change of the credential is a week old, and no sign of anything. */
const recentChangeBelow = Math.log1p(7 * 24);

/** `ownRatio`: Freeman's ratio of what every good login had, from the surprise of it among everybody. */
export function habitChanges(ownRatio: (login: Login, nats: number) => number): readonly Change[] {
  return [
    {
      id: 'usual_client',
      applies: ({ row }) => anyAbove(row, clientRatios),
      write(row) {
        // No rarer here than among everybody, and their mean with them.
        for (const feature of clientRatios) atMost(row, feature, 0);
        put(row, clientRatio, weightedMean(row));
      },
    },
    {
      id: 'usual_language',
      applies: ({ row, familiar }) => familiar > 0 && (row[languageKnown] === 0 || anyAbove(row, [languageRatio])),
      write(row, login) {
        atLeast(row, languageKnown, login.familiar);
        atMost(row, languageRatio, ownRatio(login, row[languageSurprise] as number));
      },
    },
    {
      id: 'usual_time_zone',
      applies: ({ row }) => row[zoneKnown] === 0 || anyAbove(row, [zoneHours]),
      write(row, { familiar }) {
        clear(row, [zoneHours]);
        atLeast(row, zoneKnown, familiar);
      },
    },
    {
      id: 'usual_hour',
      applies: ({ row }) => (row[hourRatio] as number) < 0,
      write: (row) => atLeast(row, hourRatio, 0),
    },
    {
      id: 'active_account',
      applies: ({ row }) => anyAbove(row, [dormancyRatio]),
      write(row) {
        // Undone, the ratio gives the usual interval: then the last good login is that long ago.
        const usualDays = Math.exp(Math.log1p(Math.expm1(row[dormancyDays] as number)) - (row[dormancyRatio] as number)) - 1;
        row[dormancyDays] = Math.log1p(Math.max(0, usualDays));
        row[dormancyRatio] = 0;
      },
    },
    absent('session_continues', ['session_country_changed', 'session_machine_changed', 'session_network_changed']),
    {
      id: 'no_credential_change',
      applies: ({ row }) => (row[changeHours] as number) < recentChangeBelow || row[changeUnproven] === 1,
      write(row) {
        // A year is what "never changed" counts as.
        put(row, changeHours, Math.log1p(hoursMax));
        put(row, changeUnproven, 0);
      },
    },
    {
      id: 'own_typing',
      applies: ({ row }) => anyAbove(row, [typing]),
      write: (row) => atMost(row, typing, 0),
    },
    absent('typed_by_hand', ['robot_rhythm', 'robot_form']),
  ];
}

function weightedMean(row: Float32Array): number {
  let sum = 0;
  let weights = 0;
  clientRatios.forEach((feature, i) => {
    const ratio = row[feature] as number;
    if (Number.isNaN(ratio)) return;
    sum += (clientWeights[i] as number) * ratio;
    weights += clientWeights[i] as number;
  });
  return sum / weights;
}
