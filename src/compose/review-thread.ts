// The review side's thread: where it begins. Everything in it is put together by review.ts.
import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { giveWay } from '../adapters/system/small-threads.ts';
import type { FromReview, ToReview } from '../adapters/review-thread/messages.ts';
import { FlushRequests } from '../adapters/review-thread/flush-requests.ts';
import { composeReview, type ReviewData } from './review.ts';

async function serve(): Promise<void> {
  const port = parentPort;
  if (port === null) return;
  // Logins are scored in the same process, and nobody waits at a login form for an explanation.
  giveWay();
  const tell = (message: FromReview): void => port.postMessage(message);
  const flushes = new FlushRequests((number) => tell({ kind: 'flush', number }));
  const review = await composeReview(workerData as ReviewData, {
    onDone: (done) => tell({ kind: 'done', done }),
    onTold: (told) => tell({ kind: 'told', told }),
    onSample: (sample) => tell({ kind: 'sample', sample }),
    onProblem: (sentence) => tell({ kind: 'problem', sentence }),
    flush: () => flushes.ask(),
  });
  port.on('message', (message: ToReview) => {
    if (message.kind === 'logins') return review.take(message.logins);
    if (message.kind === 'forget')
      return void review.forget(message.tenant, message.account).then(() => tell({ kind: 'forgotten', number: message.number }));
    if (message.kind === 'flushed') return flushes.answered(message.number, message.ok);
    flushes.giveUp();
    void review.close().finally(() => port.close());
  });
  tell({ kind: 'ready' });
  // Written now and not at the end, to which a service that is killed never comes.
  flushCompileCache();
}

await serve();
