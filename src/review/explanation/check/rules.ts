// Why a finding is dropped. Each name is a label of a metric, so that an operator sees what a model is too weak for.
export const dropRules = [
  // The case, or a line of evidence, that it names is not in the prompt; or it names none.
  'unknown_case',
  'unknown_evidence',
  'no_evidence',
  // Its reasons point in two directions, or it says a direction or strength that is not the contribution's.
  'direction',
  'strength',
  // The text as text.
  'length',
  'characters',
  'markup',
  'link',
  'sentences',
  // Words that no finding needs, and words that none may use.
  'vocabulary',
  'forbidden',
  // A thing that its reasons do not speak of.
  'topic',
  // A number that is none of the evidence, has another unit or time span, counts something else, or whose line it does not cite.
  'number',
  'unit',
  'counted',
  'citation',
  // A handle that is not in the table or not cited, or in the wrong part: from for to, usual for now.
  'handle',
  'role',
  // A word of a closed set that is not the value.
  'value',
  // A claim that contradicts the evidence, or that nothing supports; a negation of something that nobody can make out.
  'contradiction',
  'unsupported',
  'negation',
  // Raises for lowers.
  'sign',
  // First for last, more for less, before for after.
  'order',
  // Says nothing that could be checked.
  'empty',
  // Says again what another finding said, or comes after enough of them.
  'repeated',
  'too_many',
] as const;
export type DropRule = (typeof dropRules)[number];
