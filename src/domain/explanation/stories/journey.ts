// Whether anybody could have come here since an earlier good login.
import type { EvidenceView } from '../evidence-view.ts';
import type { MessageId } from '../messages/en.ts';
import type { Wording } from '../wording.ts';
import { type Found, only, type Story } from './story.ts';

interface Way {
  readonly distance: string;
  readonly duration: string;
  readonly from: string;
  readonly to: string;
}

/** Distance and time of the journey; null where it is not one, or lies within the location error. */
function wayOf(view: EvidenceView): Way | null {
  const km = view.raw('distance_km');
  const error = view.raw('uncertainty_km') ?? 0;
  if (km === null || km < 1 || km <= error || view.raw('hours') === null) return null;
  return {
    distance: view.amount('distance_km') as string,
    duration: view.amount('hours') as string,
    from: view.name('from_country') ?? '',
    to: view.name('to_country') ?? '',
  };
}

/** By the countries that are known: both, one and the same, or neither. */
function wayMessage(way: Way, ids: readonly [between: MessageId, within: MessageId, nowhere: MessageId]): MessageId {
  if (way.from === '' || way.to === '') return ids[2];
  return way.from === way.to ? ids[1] : ids[0];
}

const farMessages = ['journey.between', 'journey.within', 'journey.far'] as const;
const doubtMessages = ['journey.doubt_between', 'journey.doubt_within', 'journey.doubt_far'] as const;
const plausibleMessages = ['journey.plausible_between', 'journey.plausible_within', 'journey.plausible_far'] as const;

/** Of express trains and airliners, as in travel/geometry.ts. */
const airlinerKmh = 950;

function tell(found: Found, words: Wording): string[] {
  const view = found.any(['IMPOSSIBLE_TRAVEL', 'UNLIKELY_TRAVEL']) as EvidenceView;
  const way = wayOf(view);
  const probability = view.amount('probability');
  const same = view.flag('same_device');
  return only(
    way === null ? words.say('journey.impossible') : words.say(wayMessage(way, farMessages), { ...way }),
    // Where the locations are the likelier explanation, speed is no argument.
    way !== null && found.has('IMPOSSIBLE_TRAVEL') && (view.raw('speed_kmh') ?? 0) > airlinerKmh ? words.say('journey.faster') : null,
    probability === null ? null : words.say('journey.probability', { probability }),
    same === null ? null : words.say(same ? 'journey.same_device' : 'journey.other_device'),
  );
}

function headline(found: Found, words: Wording): string {
  const way = wayOf(found.any(['IMPOSSIBLE_TRAVEL', 'UNLIKELY_TRAVEL']) as EvidenceView);
  const impossible = found.has('IMPOSSIBLE_TRAVEL');
  if (way === null) return words.say(impossible ? 'headline.impossible_travel' : 'headline.unlikely_travel');
  const { distance, duration } = way;
  return words.say(impossible ? 'headline.impossible_way' : 'headline.unlikely_way', { distance, duration });
}

export const journey: Story = { name: 'journey', codes: ['IMPOSSIBLE_TRAVEL', 'UNLIKELY_TRAVEL'], tell, headline };

/** A place that is merely far: part of what is new about the attempt. */
export function doubtSentence(view: EvidenceView, words: Wording): string {
  const way = wayOf(view);
  return way === null ? words.say('journey.doubt') : words.say(wayMessage(way, doubtMessages), { ...way });
}

export const plausibleJourney: Story = {
  name: 'plausible_journey',
  codes: ['PLAUSIBLE_TRAVEL'],
  tell(found, words) {
    const view = found.view('PLAUSIBLE_TRAVEL') as EvidenceView;
    const way = wayOf(view);
    return only(
      way === null ? words.say('journey.plausible') : words.say(wayMessage(way, plausibleMessages), { ...way }),
      view.flag('same_device') === true ? words.say('journey.same_device_as_there') : null,
    );
  },
  headline: null,
};
