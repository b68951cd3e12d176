// The wire forms of the audit and of the job queue.
import type { TSchema } from 'typebox';
import { auditActions } from '../../../domain/case/audit.ts';
import { tiers } from '../../../domain/case/tier.ts';
import { Type } from '../../../parse/wire-schema.ts';
import { nullable, oneOf, open, textOrNull } from '../../wire.ts';

const time = (description: string): TSchema => Type.String({ format: 'date-time', description });

export const auditSchema = open('A page of the audit, newest first.', {
  entries: Type.Array(
    open('Who did what.', {
      sequence: Type.Integer({ description: '1, 2, 3 over all tenants.' }),
      at: time(''),
      actor: Type.String({ description: 'The key, or `key/name`; `system` for what nobody asked for.' }),
      action: oneOf(auditActions, ''),
      subject: Type.String({ description: 'Id of the case or job; empty where it concerns none.' }),
      detail: nullable<object>({ type: 'object', additionalProperties: true, description: 'Words and numbers of ours.' }),
      hash: Type.String({ description: 'Covers the entry and the hash before it.' }),
    }),
  ),
  next_before: nullable<number>({ type: ['integer', 'null'], description: 'For the parameter `before`; null on the last page.' }),
});

export const auditVerdictSchema = open('Whether the audit is as it was written.', {
  intact: Type.Boolean(),
  head: nullable<object>({
    type: ['object', 'null'],
    properties: { sequence: Type.Integer(), hash: Type.String() },
    description:
      'The end of the chain, when it is intact. Kept elsewhere, it is an anchor: it later shows whether an older copy was put back.',
  }),
  broken_at: nullable<number>({ type: ['integer', 'null'], description: 'The first entry that is edited, moved or missing.' }),
  cause: textOrNull('`entry`, `end_cut_off` or `anchor_missing`; null when it is intact.'),
});

export const jobParamsSchema = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64, description: 'Of a dead job.' }) });

export const deadJobsSchema = open('A page of dead jobs, newest death first.', {
  jobs: Type.Array(
    open('Work that failed for good.', {
      id: Type.String(),
      case_id: Type.String({ description: 'The case that it is about.' }),
      tier: oneOf(tiers, ''),
      attempts: Type.Integer({ description: 'Made before it was given up.' }),
      enqueued_at: time(''),
      deadline_at: time('By when it should have been done.'),
      died_at: time(''),
      error: Type.String({ description: 'What the last attempt failed of.' }),
    }),
  ),
  next_cursor: textOrNull('For the parameter `cursor`; null on the last page.'),
});

export const requeuedSchema = open('It waits again, with fresh attempts.', { requeued: Type.Boolean() });

export const depthsSchema = open('How much work waits, over all tenants.', {
  tiers: Type.Array(
    open('One tier, most urgent first.', {
      tier: oneOf(tiers, ''),
      waiting: Type.Integer(),
      leased: Type.Integer({ description: 'In work now.' }),
      delayed: Type.Integer({ description: 'Failed, to be tried again.' }),
      dead: Type.Integer({ description: 'Given up; see /v1/jobs/dead.' }),
      oldest_age_ms: Type.Number({ description: 'Since the oldest unfinished job came, milliseconds.' }),
      late: Type.Integer({ description: 'Unfinished and past their deadline.' }),
      ended: Type.Integer({ description: 'Ended since the database was made.' }),
      missed: Type.Integer({ description: 'Of those, after their deadline or given up.' }),
    }),
  ),
});
