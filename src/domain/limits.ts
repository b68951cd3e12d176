// Every bound of the domain in one place, with the reason for its value.

/** Good logins behind one account's tallies: more distinct values than this and familiarity means little. */
export const talliesPerAttributeMax = 24;
/** Devices remembered per account; the one used longest ago makes room. */
export const devicesMax = 16;
/** Places with coordinates remembered per account. */
export const placesMax = 16;
/** Recent good logins kept with coordinates, for travel. */
export const recentVisitsMax = 8;
/** Good logins whose minute of the week is kept: about two months of working days. */
export const hoursMax = 48;
export const sessionsMax = 8;
/** Distinct addresses, networks and devices that tried an account. */
export const sourcesPerAccountMax = 32;
/** Distinct accounts tried from an address, block, network or device. Above this a spray is a spray. */
export const accountsPerSourceMax = 64;
/** Reasons named in an answer; the rest is summed in `other_contributions`. */
export const reasonsMax = 10;
/** A reason whose contribution is smaller than this (log-odds; odds times 1.1) is not worth a line: a person at home would have twenty. */
export const reasonContributionMin = 0.1;
