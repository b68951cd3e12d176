// 128 bits as 22 characters of six bits each, most significant first; the last one carries two bits.
//
// The alphabet is the caller's: base64url for what others may compare, ASCII order for what must sort as text.

/** `codes`: the character codes of 64 letters. */
export function sixBitText(codes: Uint8Array, a: number, b: number, c: number, d: number): string {
  const at = (bits: number): number => codes[bits & 63] as number;
  return String.fromCharCode(
    at(a >>> 26),
    at(a >>> 20),
    at(a >>> 14),
    at(a >>> 8),
    at(a >>> 2),
    at((a << 4) | (b >>> 28)),
    at(b >>> 22),
    at(b >>> 16),
    at(b >>> 10),
    at(b >>> 4),
    at((b << 2) | (c >>> 30)),
    at(c >>> 24),
    at(c >>> 18),
    at(c >>> 12),
    at(c >>> 6),
    at(c),
    at(d >>> 26),
    at(d >>> 20),
    at(d >>> 14),
    at(d >>> 8),
    at(d >>> 2),
    at(d << 4),
  );
}
