// Translations are data: every language has every message, with the same arguments, and what the runtime knows of a language is used.
import { IntlMessageFormat } from 'intl-messageformat';
import t from 'tap';
import { createWording, languages } from '../../src/adapters/icu-messages/wording.ts';
import { de } from '../../src/domain/explanation/messages/de.ts';
import { en, type MessageId } from '../../src/domain/explanation/messages/en.ts';
import { absenceCauses } from '../../src/domain/absence.ts';
import { allSignals } from '../../src/domain/signal/catalogue.ts';

type Element = ReturnType<IntlMessageFormat['getAst']>[number];

/** Names of the arguments of a message, with the choices of a select. */
function argumentsOf(elements: readonly Element[]): string[] {
  return elements.flatMap((element) => {
    if (!('value' in element) || element.type === 0) return [];
    const choices = 'options' in element ? Object.entries(element.options) : [];
    const select =
      element.type === 5
        ? `: ${choices
            .map(([choice]) => choice)
            .sort()
            .join(' ')}`
        : '';
    return [`${element.value}${select}`, ...choices.flatMap(([, option]) => argumentsOf(option.value))];
  });
}

function shapeOf(message: string, language: string): string[] {
  return [...new Set(argumentsOf(new IntlMessageFormat(message, language).getAst()))].sort();
}

t.test('every message exists in every language, with the same arguments and choices', (t) => {
  t.same(Object.keys(de).sort(), Object.keys(en).sort());
  for (const id of Object.keys(en) as MessageId[]) t.same(shapeOf(de[id], 'de'), shapeOf(en[id], 'en'), id);
  t.end();
});

t.test('no message is empty, begins or ends with space, or holds an apostrophe that ICU would take for an escape', (t) => {
  for (const messages of [en, de] as const)
    for (const [id, message] of Object.entries(messages)) {
      t.ok(message.trim() === message && message !== '', id);
      t.notMatch(message, /'/, `${id}: an apostrophe escapes in ICU, write ’`);
    }
  t.end();
});

t.test('every signal and cause of absence has its words', (t) => {
  const ids = new Set<string>(Object.keys(en));
  for (const name of [...allSignals.map((signal) => signal.name), 'model', 'profiles', 'other']) t.ok(ids.has(`signal.${name}`), name);
  for (const cause of absenceCauses) t.ok(ids.has(`unknown.${cause}`), cause);
  t.end();
});

t.test('a language is found by its name, and an unknown one falls back to English', (t) => {
  t.same(languages, ['en', 'de']);
  t.same(
    ['de', 'de-AT', 'DE', 'en-US', 'fr', ''].map((name) => createWording(name).language),
    ['de', 'de', 'de', 'en', 'en', 'en'],
  );
  t.end();
});

t.test('numbers, units, times, countries, languages and lists are written as the language writes them', (t) => {
  const english = createWording('en');
  const german = createWording('de');
  const amounts = [
    [{ value: 8900, unit: 'km' }, '8,900 km', '8.900 km'],
    [{ value: 7400, unit: 'km/h' }, '7,400 km/h', '7.400 km/h'],
    [{ value: 1.2, unit: 'hours' }, '1.2 hours', '1,2 Stunden'],
    [{ value: 1, unit: 'days' }, '1 day', '1 Tag'],
    [{ value: 14, unit: 'months' }, '14 months', '14 Monate'],
    [{ value: 12, unit: 'ms' }, '12 ms', '12 ms'],
    [{ value: 0, unit: 'seconds' }, 'less than a second', 'weniger als eine Sekunde'],
    [{ value: 4, unit: 'percent' }, '4%', '4\u00a0%'],
    [{ value: 8300, unit: 'one_in' }, '1 in 8,300', '1 von 8.300'],
    [{ value: 6.2, unit: 'times' }, '6.2', '6,2'],
    [{ value: 1234, unit: null }, '1,234', '1.234'],
  ] as const;
  for (const [reading, inEnglish, inGerman] of amounts) {
    t.equal(english.amount(reading), inEnglish);
    t.equal(german.amount(reading), inGerman);
  }
  t.equal(english.ago({ value: 3, unit: 'days' }), '3 days ago');
  t.equal(german.ago({ value: 3, unit: 'days' }), 'vor 3 Tagen');
  t.equal(german.ago({ value: 0, unit: 'seconds' }), 'vor weniger als zwei Stunden');
  t.equal(english.ago({ value: 5, unit: null }), 'less than two hours ago');
  t.equal(german.country('JP'), 'Japan');
  t.equal(german.country('CH'), 'Schweiz');
  t.equal(english.country('not a code'), 'not a code');
  t.equal(german.languageName('en'), 'Englisch');
  t.equal(german.list(['a', 'b', 'c']), 'a, b und c');
  t.equal(english.list(['a', 'b', 'c']), 'a, b and c');
  t.end();
});
