// Sends attempts and their outcomes to a running service, as an identity provider would.
import type { SimulatedAttempt } from '../simulate/wire.ts';

export interface Answered {
  readonly attempt: SimulatedAttempt;
  readonly assessmentId: string;
  readonly verdict: string;
  readonly score: number;
  readonly level: string;
  readonly caseId: string | null;
}

export interface Door {
  readonly url: string;
  /** Null where the service has no keys. */
  readonly key: string | null;
}

/** Rejects with a sentence when the service cannot be reached or refuses. */
export async function call(door: Door, path: string, body?: unknown): Promise<unknown> {
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  if (door.key !== null) headers['authorization'] = `Bearer ${door.key}`;
  const request = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await fetch(new URL(path, door.url), request).catch((error: unknown) => {
    throw new Error(
      `${door.url} cannot be reached (${error instanceof Error ? error.message : 'unknown'}): start the service first, or say by --url where it is.`,
    );
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as unknown;
}

/**
 * In order within each account; `lanes` accounts at a time. With one lane everything is in order, which campaigns need: what one address did
 * a moment ago is what gives them away.
 */
export async function play(
  door: Door,
  attempts: readonly SimulatedAttempt[],
  lanes: number,
  onDone: (done: number) => void,
): Promise<Answered[]> {
  const queues = Array.from({ length: lanes }, (): SimulatedAttempt[] => []);
  const laneOf = new Map<string, number>();
  for (const attempt of attempts) {
    const lane = laneOf.get(attempt.wire.user.id) ?? laneOf.size % lanes;
    laneOf.set(attempt.wire.user.id, lane);
    (queues[lane] as SimulatedAttempt[]).push(attempt);
  }
  const answers: Answered[] = [];
  let done = 0;
  await Promise.all(
    queues.map(async (queue) => {
      for (const attempt of queue) {
        answers.push(await playOne(door, attempt));
        onDone(++done);
      }
    }),
  );
  return answers;
}

async function playOne(door: Door, attempt: SimulatedAttempt): Promise<Answered> {
  const assessment = (await call(door, '/v1/score', attempt.wire)) as {
    assessment_id: string;
    verdict: string;
    score: number;
    level: string;
    case_id: string | null;
  };
  if (attempt.outcome !== null)
    await call(door, '/v1/outcomes', {
      assessment_id: assessment.assessment_id,
      outcome: attempt.outcome,
      occurred_at: attempt.wire.occurred_at,
    });
  return {
    attempt,
    assessmentId: assessment.assessment_id,
    verdict: assessment.verdict,
    score: assessment.score,
    level: assessment.level,
    caseId: assessment.case_id,
  };
}
