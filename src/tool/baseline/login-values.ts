// The values that the baselines look at, read from the same parsed attempt and address facts that our own signals see.
import type { Facts } from '../../domain/facts.ts';
import type { FreemanLogin } from './freeman.ts';

export function freemanLogin(facts: Facts, userAgent: string | null): FreemanLogin {
  const { attempt, visit } = facts;
  const { software } = attempt.device;
  return {
    ip: attempt.ip.text,
    asn: visit.asn === null ? null : String(visit.asn),
    country: visit.country,
    user_agent: userAgent,
    browser: visit.browser === null ? null : `${visit.browser} ${visit.browserMajor ?? ''}`,
    os: visit.os === null ? null : `${visit.os} ${software?.osMajor ?? ''}`,
    device_type: software === null ? null : software.deviceType,
  };
}

/**
 * The simplest rule in use: how many of network, country, device and browser were never seen with this account. What was not
 * sent counts as seen. 0 to 4; an account without history counts as all new.
 */
export function noveltyCount(facts: Facts): number {
  const { account, visit } = facts;
  if (account === null || account.goodCount === 0) return 4;
  const newNetwork =
    visit.asn !== null && !account.recent.some((each) => each.asn === visit.asn) && !account.devices.some((each) => each.asn === visit.asn);
  const newCountry =
    visit.country !== null &&
    !account.recent.some((each) => each.country === visit.country) &&
    !account.devices.some((each) => each.country === visit.country);
  const newDevice = visit.device !== null && !account.devices.some((each) => each.device === visit.device);
  const newBrowser = visit.browser !== null && !account.devices.some((each) => each.browser === visit.browser && each.os === visit.os);
  return Number(newNetwork) + Number(newCountry) + Number(newDevice) + Number(newBrowser);
}
