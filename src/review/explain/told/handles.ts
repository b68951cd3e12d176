// Puts real names in the place of handles, after everything was checked: the model never saw them, and what somebody else wrote becomes a
// word of a few harmless characters.
import { browserNames, deviceTypes, systemNames } from '../../../domain/explanation/client-names.ts';
import { inertName } from '../../../domain/explanation/inert.ts';
import type { Wording } from '../../../domain/explanation/wording.ts';
import type { Story, StoryHandle } from '../../explanation/story.ts';

/** As stories name handles: a kind and a number. */
const handleName = /\b[a-z]+(?:_[a-z]+)*_[0-9]+\b/gi;
/** Names of software come out of what whoever signs in has sent, so only those that are on these lists are repeated. */
const softwareNames: ReadonlySet<string> = new Set([...browserNames, ...systemNames, ...deviceTypes]);

/** A name of which nothing can be shown keeps its handle: "browser_1" says at least that there is one. */
export function resolveHandles(sentence: string, story: Pick<Story, 'handles'>, words: Wording): string {
  const known = new Map(story.handles.map((handle) => [handle.name, handle]));
  return sentence.replace(handleName, (name) => {
    const handle = known.get(name.toLowerCase());
    return handle === undefined ? name : (shownName(handle, words) ?? name);
  });
}

/** As the template writes the same names (see EvidenceView). */
function shownName({ kind, value }: StoryHandle, words: Wording): string | null {
  switch (kind) {
    case 'country':
      return words.country(value);
    case 'language':
      return words.languageName(value);
    case 'network':
      return `AS${value}`;
    case 'time_zone':
      return value.replaceAll('_', ' ');
    case 'city':
      return inertName(value.slice(value.lastIndexOf('/') + 1));
    case 'browser':
    case 'system':
    case 'client':
      return softwareNames.has(value) ? value : null;
    case 'region':
    case 'screen':
    case 'organisation':
      return inertName(value);
  }
}
