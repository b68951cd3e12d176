// Every story, in no order: what an assessment tells first follows from its contributions.
import { client, locale, machine } from './stories/client.ts';
import { failures, sharedDevice, sources, spray } from './stories/guessing.ts';
import { challenges, credential, replay, timing, typing, young } from './stories/identity.ts';
import { journey, plausibleJourney } from './stories/journey.ts';
import { newness } from './stories/newness.ts';
import { company, origin } from './stories/origin.ts';
import { familiar, habits, ordinaryClient, ordinaryOrigin, proof, quiet } from './stories/reassuring.ts';
import type { Story } from './stories/story.ts';

export const stories: readonly Story[] = [
  newness,
  journey,
  origin,
  company,
  failures,
  spray,
  sources,
  sharedDevice,
  client,
  locale,
  machine,
  replay,
  typing,
  timing,
  credential,
  challenges,
  young,
  familiar,
  plausibleJourney,
  ordinaryOrigin,
  quiet,
  ordinaryClient,
  habits,
  proof,
];
