// Who did what, in a chain: each entry's hash covers the entry and the hash before it, so that editing, deleting or moving an entry
// shows in all that follow.
//
// The hash is keyed, with a key that is not in the database: whoever can write the file but does not have the key cannot make a new
// chain. What a chain alone does not show is that its end was cut off, so the store keeps a keyed note of the end beside it. Putting back
// an older copy of everything, note included, is seen only by someone who knows a later end; that is what a reader may pass as anchor.
//
// Entries name cases and analysts, never the user whose login it was, and a comment only by a salted digest: so erasing a user breaks no chain.
import type { Feedback } from './explanation.ts';

export const auditActions = [
  'case_viewed',
  'case_resolved',
  'case_reopened',
  /** What the case then said has reached the account's profile. */
  'profile_settled',
  'feedback_given',
  'user_erased',
  'cases_expired',
  'job_requeued',
  'exported',
] as const;
export type AuditAction = (typeof auditActions)[number];

export interface NewAuditEntry {
  readonly atMs: number;
  readonly tenant: string;
  /** Who, as the door knows them; "system" for what nobody asked for. */
  readonly actor: string;
  readonly action: AuditAction;
  /** Id of the case or job; empty where the action concerns none. */
  readonly subject: string;
  /** Words and numbers of ours; nothing a login wrote. */
  readonly detail: Readonly<Record<string, string | number | boolean>>;
}

export interface AuditEntry extends NewAuditEntry {
  /** 1, 2, 3 over all tenants: one chain, so that not even a tenant's last entry can go unnoticed. */
  readonly sequence: number;
  readonly hash: string;
}

/** That an analyst said what an explanation is worth; what else they wrote stays with the feedback. */
export function feedbackEntry(tenant: string, given: Feedback): NewAuditEntry {
  const { atMs, by, caseId, version, finding, opinion } = given;
  return { atMs, tenant, actor: by, action: 'feedback_given', subject: caseId, detail: { version, finding: finding ?? '', opinion } };
}

/** Keyed digest of a text, given by the adapter. */
export type Digest = (text: string) => string;

/** The end of a chain. */
export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
}

export const emptyHead: AuditHead = { sequence: 0, hash: '' };

/** What is hashed. A list as JSON, because no field can then be mistaken for its neighbour; detail is taken as the text that is stored. */
function canonical(previous: AuditHead, entry: NewAuditEntry, detail: string): string {
  const { atMs, tenant, actor, action, subject } = entry;
  return JSON.stringify([1, previous.sequence + 1, previous.hash, atMs, tenant, actor, action, subject, detail]);
}

export function chainEntry(previous: AuditHead, entry: NewAuditEntry, digest: Digest): AuditEntry {
  const detail = JSON.stringify(entry.detail);
  return { ...entry, sequence: previous.sequence + 1, hash: digest(canonical(previous, entry, detail)) };
}

/** The keyed note of where the chain ends. */
export function sealOf(head: AuditHead, digest: Digest): string {
  return digest(JSON.stringify(['end', head.sequence, head.hash]));
}

export type ChainReading = { readonly ok: true; readonly head: AuditHead } | { readonly ok: false; readonly brokenAt: number };

/** Follows the chain over consecutive entries; `brokenAt` is the first number at which an entry is not what was written there. */
export function followChain(from: AuditHead, entries: readonly AuditEntry[], digest: Digest): ChainReading {
  let head = from;
  for (const entry of entries) {
    const expected = chainEntry(head, entry, digest);
    if (entry.sequence !== expected.sequence || entry.hash !== expected.hash) return { ok: false, brokenAt: expected.sequence };
    head = { sequence: entry.sequence, hash: entry.hash };
  }
  return { ok: true, head };
}

export type AuditVerdict =
  | { readonly intact: true; readonly head: AuditHead }
  /** `brokenAt`: the first entry that is edited, moved or missing. */
  | { readonly intact: false; readonly brokenAt: number; readonly cause: 'entry' | 'end_cut_off' | 'anchor_missing' };
