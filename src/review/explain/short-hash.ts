// A short name for a text, equal for equal texts. No protection against somebody who looks for two texts with one name: it names things
// within one case, and draws cases by ids that are random.

/** FNV-1a (Fowler, Noll, Vo; RFC 9923) over UTF-16 units, twice with different offsets: 16 hexadecimal digits. */
export function shortHash(text: string): string {
  return half(text, 0x811c9dc5) + half(text, 0x1b873593);
}

function half(text: string, offset: number): string {
  let hash = offset;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
