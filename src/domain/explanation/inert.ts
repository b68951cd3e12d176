// Makes a name that somebody else wrote harmless inside a sentence: letters, digits and a few marks only, one line, short, and never
// able to turn the order of the words around it. What is left of a hostile name is a word, not a text.

const lengthMax = 40;
/** More marks on one letter than any language writes would cover the neighbouring lines. */
const marksMax = 2;
/** Scripts that are written from right to left would reorder the numbers and brackets beside them. */
const rightToLeft =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\p{Script=Samaritan}\p{Script=Mandaic}]/u;
const excessMarks = new RegExp(`(\\p{M}{${marksMax}})\\p{M}+`, 'gu');

/** Null when nothing is left that could be shown. */
export function inertName(text: string): string | null {
  if (rightToLeft.test(text)) return null;
  const plain = text
    .slice(0, 4 * lengthMax)
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N} .,&'’+_-]/gu, ' ')
    .replace(excessMarks, '$1')
    .replace(/\s+/g, ' ')
    .replace(/^[\p{M} .,&'’+_-]+|[ ,&'’+_-]+$/gu, '');
  const letters = Array.from(plain);
  const short =
    letters.length > lengthMax
      ? `${letters
          .slice(0, lengthMax - 1)
          .join('')
          .trimEnd()}…`
      : plain;
  return short === '' ? null : short;
}

/** The same for names that operators give their own rules and lists, which have a few more marks: "lists.deny[2]". */
export function inertRuleName(text: string): string {
  return text
    .replace(/[^A-Za-z0-9 ._[\]-]/g, ' ')
    .slice(0, 2 * lengthMax)
    .trim();
}
