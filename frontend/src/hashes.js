// SHA-256 of texts that fit into one block, and the sum that keeps robots away (voters/lookup/challenges.py).
const K = new Uint32Array(64);
const FIRST = new Uint32Array(8);
const fraction = (root) => ((root - Math.floor(root)) * 4294967296) | 0;
for (let candidate = 2, found = 0; found < 64; candidate++) {
  let prime = true;
  for (let by = 2; by * by <= candidate; by++) if (candidate % by === 0) prime = false;
  if (!prime) continue;
  if (found < 8) FIRST[found] = fraction(Math.sqrt(candidate));
  K[found++] = fraction(Math.cbrt(candidate));
}

const words = new Int32Array(64);
const bytes = new Uint8Array(64);

/** The first 32 bits of the hash of `length` bytes that stand in `bytes` (at most 55). */
function hashed(length) {
  const w = words;
  for (let i = 0; i < 16; i++) {
    const at = 4 * i;
    w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  w[15] = 8 * length;
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15], y = w[i - 2];
    const s = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const t = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s + w[i - 7] + t) | 0;
  }
  let a = FIRST[0] | 0, b = FIRST[1] | 0, c = FIRST[2] | 0, d = FIRST[3] | 0;
  let e = FIRST[4] | 0, f = FIRST[5] | 0, g = FIRST[6] | 0, h = FIRST[7] | 0;
  for (let i = 0; i < 64; i++) {
    const s = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + s + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const t = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (t + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
  }
  return (a + FIRST[0]) >>> 0;
}

function write(text, at) {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** The first 32 bits of the hash of a short text: for tests. */
export function head(text) {
  bytes.fill(0);
  const length = write(text, 0);
  bytes[length] = 0x80;
  return hashed(length);
}

export const PUZZLES = 8;

/** Steps of the sum, so that it can be done in pieces: each yields how many puzzles are solved; the last value is the work. */
export function* sum(challenge, bits, piece = 2000) {
  const limit = 2 ** (32 - bits);
  const found = [];
  for (let puzzle = 0; puzzle < PUZZLES; puzzle++) {
    bytes.fill(0);
    const start = write(`${challenge}.${puzzle}.`, 0);
    for (let number = 0; ; number++) {
      const text = String(number);
      const length = write(text, start);
      bytes[length] = 0x80;
      if (hashed(length) < limit) { found.push(text); break; }
      if (number % piece === piece - 1) yield found.length;
    }
    yield found.length;
  }
  return found.join(".");
}
