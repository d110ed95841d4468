// Compresses bytes to the zlib format (RFC 1950, 1951) with the fixed Huffman code. Only runs of one byte are
// shortened, which suits images of mostly blank paper. Synchronous: CompressionStream takes milliseconds longer while
// somebody draws.
const END_OF_BLOCK = 256;
const MIN_RUN_BYTES = 3;
const FIRST_LENGTH_CODE = 257;
// For each length code: the shortest run, and the number of extra bits for a longer one.
const BASE_LENGTHS = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const EXTRA_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const MAX_RUN_BYTES = BASE_LENGTHS.at(-1);

function reverseBits(code, bits) {
  let result = 0;
  for (let i = 0; i < bits; i += 1) result |= ((code >> i) & 1) << (bits - 1 - i);
  return result;
}

// The fixed code (RFC 1951, section 3.2.6): for each symbol its bits, the first one lowest, and their number.
const CODE = Array.from({ length: 288 }, (_, symbol) => {
  const [code, bits] = symbol < 144 ? [0x30 + symbol, 8] : symbol < 256 ? [0x190 + symbol - 144, 9]
    : symbol < 280 ? [symbol - 256, 7] : [0xc0 + symbol - 280, 8];
  return [reverseBits(code, bits), bits];
});

function adler32(bytes) {
  let [a, b] = [1, 0];
  for (let i = 0; i < bytes.length;) {
    const stop = Math.min(bytes.length, i + 3800); // sums of this many bytes cannot overflow
    for (; i < stop; i += 1) {
      a += bytes[i];
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return [b >>> 8, b & 255, a >>> 8, a & 255];
}

export function deflate(bytes) {
  const out = new Uint8Array(Math.ceil(bytes.length * 9 / 8) + 16);
  let [at, buffer, bits] = [2, 0, 0];
  out.set([0x78, 0x01]);

  function write(value, count) {
    buffer |= value << bits;
    bits += count;
    for (; bits >= 8; bits -= 8, buffer >>>= 8) out[at++] = buffer;
  }

  function writeRun(length) {
    const code = BASE_LENGTHS.findLastIndex((base) => base <= length);
    write(...CODE[FIRST_LENGTH_CODE + code]);
    write(length - BASE_LENGTHS[code], EXTRA_BITS[code]);
    write(0, 5); // distance: one byte back
  }

  write(0b011, 3); // last block, fixed code
  for (let i = 0; i < bytes.length;) {
    write(...CODE[bytes[i]]);
    const byte = bytes[i];
    i += 1;
    let run = 0;
    while (run < MAX_RUN_BYTES && bytes[i + run] === byte) run += 1;
    if (run < MIN_RUN_BYTES) continue;
    writeRun(run);
    i += run;
  }
  write(...CODE[END_OF_BLOCK]);
  if (bits > 0) write(0, 8 - bits);
  out.set(adler32(bytes), at);
  return out.slice(0, at + 4);
}
