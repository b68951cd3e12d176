// HMAC-SHA-256 (RFC 2104, FIPS 180-4) of short texts, with the key's two compressed blocks worked out once.
//
// Every attempt needs six or seven pseudonyms. A call into the platform's crypto library costs several microseconds each, nearly
// all of it for crossing over; the two compressions themselves take about one. Only additions, rotations and exclusive-ors of
// 32-bit words: no table, no branch depends on the key. The tests compare it with the platform's own for all kinds of input.

/** Round constants: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const roundConstants = fractions(64, (prime) => Math.cbrt(prime), 3);
/** The first 32 bits of the fractional parts of the square roots of the first 8 primes. */
const initialState = fractions(8, (prime) => Math.sqrt(prime), 2);

const blockBytes = 64;
const schedule = new Int32Array(64);
const scratch = new Int32Array(8);

/** What is kept of a key: the states after its inner and outer padded block. The key itself is not kept. */
export interface HmacKey {
  readonly inner: Int32Array;
  readonly outer: Int32Array;
}

/** `key`: at most 64 bytes. */
export function hmacKey(key: Uint8Array): HmacKey {
  if (key.length > blockBytes) throw new RangeError('An HMAC key of more than 64 bytes is not supported.');
  return { inner: paddedState(key, 0x36), outer: paddedState(key, 0x5c) };
}

function paddedState(key: Uint8Array, pad: number): Int32Array {
  const block = new Uint8Array(blockBytes).fill(pad);
  for (let i = 0; i < key.length; i++) block[i] = (block[i] as number) ^ (key[i] as number);
  const state = Int32Array.from(initialState);
  compress(state, block, 0);
  return state;
}

/**
 * HMAC of `bytes[0..length)` as eight 32-bit words in a shared array: read them before the next call. `bytes` needs room
 * for the padding: at least `length + 72` bytes; what follows `length` is overwritten.
 */
export function hmacWords(key: HmacKey, bytes: Uint8Array, length: number): Int32Array {
  scratch.set(key.inner);
  let end = length;
  bytes[end++] = 0x80;
  while (end % blockBytes !== 56) bytes[end++] = 0;
  const bits = (blockBytes + length) * 8;
  for (let shift = 56; shift >= 0; shift -= 8) bytes[end++] = shift >= 32 ? Math.floor(bits / 2 ** shift) : (bits >>> shift) & 255;
  for (let at = 0; at < end; at += blockBytes) compress(scratch, bytes, at);
  for (let i = 0; i < 8; i++) schedule[i] = scratch[i] as number;
  schedule[8] = 0x80000000 | 0;
  for (let i = 9; i < 15; i++) schedule[i] = 0;
  schedule[15] = (blockBytes + 32) * 8;
  scratch.set(key.outer);
  rounds(scratch);
  return scratch;
}

function compress(state: Int32Array, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++) {
    const from = at + i * 4;
    schedule[i] =
      ((bytes[from] as number) << 24) |
      ((bytes[from + 1] as number) << 16) |
      ((bytes[from + 2] as number) << 8) |
      (bytes[from + 3] as number);
  }
  rounds(state);
}

/** The compression function over the first 16 words of `schedule`. */
function rounds(state: Int32Array): void {
  for (let i = 16; i < 64; i++) {
    const x = schedule[i - 15] as number;
    const y = schedule[i - 2] as number;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    schedule[i] = ((schedule[i - 16] as number) + s0 + (schedule[i - 7] as number) + s1) | 0;
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (roundConstants[i] as number) + (schedule[i] as number)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = ((state[0] as number) + a) | 0;
  state[1] = ((state[1] as number) + b) | 0;
  state[2] = ((state[2] as number) + c) | 0;
  state[3] = ((state[3] as number) + d) | 0;
  state[4] = ((state[4] as number) + e) | 0;
  state[5] = ((state[5] as number) + f) | 0;
  state[6] = ((state[6] as number) + g) | 0;
  state[7] = ((state[7] as number) + h) | 0;
}

/**
 * First 32 bits of the fractional part of a root of each prime. The floating root is exact enough to be off by one at most; whole
 * numbers decide: the constant is the largest n with (n / 2^32)^power <= prime.
 */
function fractions(count: number, root: (prime: number) => number, power: 2 | 3): Int32Array {
  const constants = new Int32Array(count);
  let found = 0;
  for (let candidate = 2; found < count; candidate++) {
    if (!isPrime(candidate)) continue;
    let scaled = BigInt(Math.floor(root(candidate) * 2 ** 32)) + 2n;
    while (scaled ** BigInt(power) > BigInt(candidate) << BigInt(32 * power)) scaled -= 1n;
    constants[found++] = Number(BigInt.asIntN(32, scaled));
  }
  return constants;
}

function isPrime(candidate: number): boolean {
  for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) return false;
  return true;
}
