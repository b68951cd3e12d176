// What can be stored, sent and read back as it was: contracts that do not know what they carry are made of it.
/** What JSON can say. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
