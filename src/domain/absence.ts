// Why a signal could not be observed. Absence is a value, never an exception, and never evidence of risk.
//
// not_sent      the caller did not send the field
// unknown       we looked, and the source does not know (a private address has no country)
// no_history    nothing has been learnt yet about this account, network or device
// unavailable   the source failed or is not loaded: a fallback, so the assessment is degraded
// late          the source did not answer within its share of the budget: a fallback as well

export const absenceCauses = ['not_sent', 'unknown', 'no_history', 'unavailable', 'late'] as const;

export type AbsenceCause = (typeof absenceCauses)[number];

/** True for the causes that are our failure rather than a fact about the attempt. */
export function isFallback(cause: AbsenceCause): boolean {
  return cause === 'unavailable' || cause === 'late';
}
