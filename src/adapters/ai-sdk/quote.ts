// What a provider says about its own error, made fit for an operator's log: short, one line, without keys, and without anything of the
// prompt or the answer that it may repeat.

const lengthMax = 200;
/** As many characters in a row are no coincidence; shorter ones are words that any error may use. */
const repeatedLength = 32;
/** Providers write keys back with only their middle masked. */
const keyLike = /\b(?:sk-|AKIA|ASIA|Bearer\s+|ey[JK])[\w*./+=-]{6,}/g;

export interface Withheld {
  /** Keys and parts of them that must not appear; empty ones are ignored. */
  readonly secrets: readonly string[];
  /** Prompt and answer. */
  readonly texts: readonly string[];
}

/** Null when nothing is left to say. */
export function quotable(message: string, { secrets, texts }: Withheld): string | null {
  let said = message.slice(0, 8 * lengthMax);
  for (const secret of secrets) {
    if (secret.length > 0) said = said.replaceAll(secret, '…');
  }
  said = said.replace(keyLike, '…');
  const line = said
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll('"', "'")
    .trim();
  if (line === '') return null;
  if (repeats(said, texts) || repeats(line, texts)) return null;
  return line.length > lengthMax ? `${line.slice(0, lengthMax - 1).trimEnd()}…` : line;
}

function repeats(said: string, texts: readonly string[]): boolean {
  for (let from = 0; from + repeatedLength <= said.length; from++) {
    const piece = said.slice(from, from + repeatedLength);
    if (texts.some((text) => text.includes(piece))) return true;
  }
  return false;
}
