// The job queue as its callers see it: requests to the store's thread, with lease names, times and jitter drawn here.
import { errorLengthMax } from '../../domain/case/job.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobQueue } from '../../ports/case/job-queue.ts';
import type { Random } from '../../ports/random.ts';
import type { Channel } from './channel.ts';

export function createJobQueue(channel: Channel, clock: Clock, random: Random): JobQueue {
  return {
    enqueue: (jobs) =>
      jobs.length === 0 ? Promise.resolve([]) : channel.call('enqueue', [jobs, jobs.map(() => random.id()), clock.nowMs()], jobs.length),
    claim: (request) => channel.call('claim', [request, random.id(), clock.nowMs()]),
    heartbeat: (jobId, lease, leaseMs) => channel.call('heartbeat', [jobId, lease, clock.nowMs() + leaseMs]),
    complete: (jobId, lease) => channel.call('complete', [jobId, lease, clock.nowMs()]),
    fail(jobId, lease, report) {
      const { error, hopeless = false, retryAfterMs = 0 } = report;
      const attempt = { error: error.slice(0, errorLengthMax), hopeless, uniform: random.uniform(), wishedMs: retryAfterMs };
      return channel.call('fail', [jobId, lease, attempt, clock.nowMs()]);
    },
    release: (jobId, lease) => channel.call('release', [jobId, lease]),
    deadLetters: (tenant, limit, before) => channel.call('deadLetters', [tenant, limit, before]),
    requeue: (tenant, jobId, by) => channel.call('requeue', [tenant, jobId, by, clock.nowMs()]),
    depths: () => channel.call('depths', [clock.nowMs()]),
    forgetDone: (beforeMs) => channel.call('forgetDone', [beforeMs]),
  };
}
