// What a client was told, and when: the account that is presented to a service after it was killed.
//
// A crash may lose what was answered within its last moments and nothing before. So each promise carries the time at which
// the answer arrived, and the audit says of everything missing how long before the kill it had been promised.
import { hash } from 'node:crypto';
import type { JsonClient } from './json-client.ts';
import { spread } from './statistics.ts';

interface Promised {
  readonly person: number;
  readonly body: () => Record<string, unknown>;
  readonly sentMs: number;
  /** When the answer to the attempt arrived; Infinity when none did. */
  answeredMs: number;
  assessmentId: string;
  /** Of the answer, so that thousands of rounds fit in memory. */
  digest: string;
  /** When the outcome was acknowledged; Infinity when not. */
  learnedMs: number;
}

export interface Audit {
  readonly assessmentsDue: number;
  readonly accountsDue: number;
  /** One sentence for each promise older than the grace that was not kept, and for each thing counted twice. */
  readonly broken: readonly string[];
  /** Promises younger than the grace that were lost: allowed, and a witness that the kill was a real one. */
  readonly lostRecent: number;
  /** How long before the kill the oldest of the lost ones was promised, milliseconds; 0 when none was lost. */
  readonly lostAgeMs: number;
}

const auditParallel = 16;

export class Acknowledged {
  private readonly promises: Promised[] = [];
  private readonly ofPerson = new Map<number, Promised[]>();
  /** Outcomes sent per person, answered or not: no account may know more good logins than this. */
  private readonly sent = new Map<number, number>();

  get size(): number {
    return this.promises.length;
  }

  /** An attempt is sent. `body` makes the same body again. */
  attempt(person: number, body: () => Record<string, unknown>): Promised {
    const never = Number.POSITIVE_INFINITY;
    const promised = { person, body, sentMs: performance.now(), answeredMs: never, assessmentId: '', digest: '', learnedMs: never };
    this.promises.push(promised);
    const known = this.ofPerson.get(person);
    if (known === undefined) this.ofPerson.set(person, [promised]);
    else known.push(promised);
    return promised;
  }

  answered(promised: Promised, assessment: Record<string, unknown>): void {
    promised.answeredMs = performance.now();
    promised.assessmentId = String(assessment['assessment_id']);
    promised.digest = digestOf(assessment);
  }

  outcomeSent(promised: Promised): void {
    this.sent.set(promised.person, (this.sent.get(promised.person) ?? 0) + 1);
  }

  outcomeAnswered(promised: Promised): void {
    promised.learnedMs = performance.now();
  }

  /** Checks the promises from number `from` on against a service that was started after a kill at `killedMs`. */
  async audit(client: JsonClient, from: number, killedMs: number, graceMs: number): Promise<Audit> {
    const broken: string[] = [];
    const found = { assessmentsDue: 0, accountsDue: 0, lostRecent: 0, lostAgeMs: 0 };
    const checked = this.promises.slice(from).filter((promised) => promised.assessmentId !== '');
    await inParallel(checked, async (promised) => {
      const ageMs = killedMs - promised.answeredMs;
      const fault = await faultOf(client, promised);
      if (ageMs > graceMs) found.assessmentsDue += 1;
      if (fault === null) return;
      if (ageMs > graceMs || !fault.startsWith(gone)) {
        broken.push(`assessment ${promised.assessmentId}, answered ${ageMs.toFixed(0)} ms before the kill, ${fault}`);
        return;
      }
      found.lostRecent += 1;
      found.lostAgeMs = Math.max(found.lostAgeMs, ageMs);
      // Lost within the grace: from now on it promises nothing.
      promised.assessmentId = '';
    });
    await inParallel([...new Set(checked.map((promised) => promised.person))], async (person) => {
      const due = (this.ofPerson.get(person) ?? []).filter((promised) => killedMs - promised.learnedMs > graceMs).length;
      const sent = this.sent.get(person) ?? 0;
      const { status, body } = await client.call('GET', `/v1/users/person-${person}`);
      const known = status === 200 ? (body.good_logins ?? 0) : 0;
      if (due > 0) found.accountsDue += 1;
      if (known < due) broken.push(`person-${person} has ${known} good logins of ${due} that were acknowledged in time`);
      if (known > sent) broken.push(`person-${person} has ${known} good logins and only ${sent} were sent`);
      if (known > 0 && (body.devices ?? []).length === 0) broken.push(`person-${person} has lost the known device`);
    });
    for (const promised of checked) if (killedMs - promised.learnedMs <= graceMs) promised.learnedMs = Number.POSITIVE_INFINITY;
    return { ...found, broken };
  }

  /** How fast the answers from number `from` on came: whether the machine let the service run at all. */
  pace(from: number): string {
    const waits = this.promises.slice(from).flatMap(({ sentMs, answeredMs }) => (Number.isFinite(answeredMs) ? [answeredMs - sentMs] : []));
    return `${waits.length} attempts were answered after ${spread(waits, 0)} ms`;
  }

  /** Sends an attempt again that is due to be kept: its name must give the assessment of the first time. */
  async repeated(client: JsonClient, from: number, killedMs: number, graceMs: number): Promise<string | null> {
    const due = this.promises.slice(from).findLast((promised) => promised.assessmentId !== '' && killedMs - promised.answeredMs > graceMs);
    if (due === undefined) return null;
    const { status, body } = await client.call('POST', '/v1/score', due.body());
    if (status === 200 && body.assessment_id === due.assessmentId) return null;
    return `the attempt of ${due.assessmentId} sent again gave ${status} and ${body.assessment_id}`;
  }
}

const gone = 'is gone';

async function faultOf(client: JsonClient, promised: Promised): Promise<string | null> {
  const { status, body } = await client.call('GET', `/v1/assessments/${promised.assessmentId}`);
  if (status !== 200) return `${gone} (${status})`;
  // Read back, an assessment has more fields: when it occurred and what became of it.
  const { occurred_at: _occurredAt, outcomes: _outcomes, label: _label, ...assessment } = body;
  return digestOf(assessment) === promised.digest ? null : 'reads back differently';
}

function digestOf(assessment: Record<string, unknown>): string {
  return hash('sha256', JSON.stringify(assessment), 'base64url');
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: auditParallel }, async () => {
      for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
    }),
  );
}
