// The operator's settings for account facts: checked at the start, and opened when the first page of a case asks.
import { accountFactsUrlProblem, namesTenant } from '../adapters/account-facts/url.ts';
import { SettingsError } from '../config/load.ts';
import { envName, type Settings } from '../config/settings.ts';
import type { AccountFactsSource } from '../ports/case/account-facts.ts';
import type { Clock } from '../ports/clock.ts';

const minuteMs = 60_000;

/** Throws SettingsError. `tenants`: all whose keys may call. */
export function checkAccountFacts(settings: Settings, tenants: readonly string[]): void {
  const { accountFactsUrl: url, accountFactsKey: key } = settings;
  if (url === null) {
    if (key !== null) throw new SettingsError(`${envName('accountFactsKey')} is set, but ${envName('accountFactsUrl')} is not.`);
    return;
  }
  const problem = accountFactsUrlProblem(url);
  if (problem !== null) throw new SettingsError(`${envName('accountFactsUrl')} cannot be used: ${problem}.`);
  if (tenants.length > 1 && !namesTenant(url))
    throw new SettingsError(
      `${envName('accountFactsUrl')} must hold {tenant}, because the keys are of ${tenants.length} tenants: users of two may have the same id.`,
    );
  // Another character would end every question before it is sent.
  if (key !== null && !/^[\x21-\x7e]+$/.test(key))
    throw new SettingsError(`${envName('accountFactsKey')} must be visible ASCII characters without blanks, not what was given.`);
}

/** Null where no identity provider is configured. The settings are as `checkAccountFacts` wants them. */
export function openAccountFacts(settings: Settings, tenants: readonly string[], clock: Clock): AccountFactsSource | null {
  const { accountFactsUrl: urlTemplate, accountFactsKey: bearer, accountFactsMinutes, accountFactsTimeoutMs: timeoutMs } = settings;
  if (urlTemplate === null) return null;
  let source: Promise<AccountFactsSource> | null = null;
  // Loaded late: few services have one, and no start should wait for it.
  const open = async (): Promise<AccountFactsSource> => {
    const { createHttpAccountFacts } = await import('../adapters/account-facts/http.ts');
    const keptMs = accountFactsMinutes * minuteMs;
    return createHttpAccountFacts({ urlTemplate, bearer, tenant: tenants[0] ?? '', clock, keptMs, timeoutMs });
  };
  return {
    of: async (tenant, userId) => (await (source ??= open())).of(tenant, userId),
    close: async () => (await source)?.close(),
  };
}
