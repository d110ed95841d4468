// The zlib format (RFC 1950, 1951) for pictures that are mostly bare paper: runs of one byte are shortened, all else is
// written as it is, by the fixed code. At once, unlike CompressionStream, whose answer comes milliseconds later, when the
// pen has already moved on; the bytes are about as few.
const END = 256;
const SHORTEST = 3; // bytes: a shorter run is written out
// The lengths of runs: codes from 257 on, each the first of a few lengths that its extra bits tell apart.
const FIRST = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const LONGEST = FIRST.at(-1);

function reversed(code, bits) {
  let result = 0;
  for (let i = 0; i < bits; i += 1) result |= ((code >> i) & 1) << (bits - 1 - i);
  return result;
}

// The fixed code (RFC 1951, 3.2.6), each symbol as [its bits in the order in which they are written, how many].
const CODE = Array.from({ length: 288 }, (_, symbol) => {
  const [code, bits] = symbol < 144 ? [0x30 + symbol, 8] : symbol < 256 ? [0x190 + symbol - 144, 9]
    : symbol < 280 ? [symbol - 256, 7] : [0xc0 + symbol - 280, 8];
  return [reversed(code, bits), bits];
});

function checksum(bytes) { // Adler-32
  let [a, b] = [1, 0];
  for (let i = 0; i < bytes.length;) {
    const stop = Math.min(bytes.length, i + 3800); // as many as cannot overflow
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
  let [at, held, bits] = [2, 0, 0];
  out.set([0x78, 0x01]);

  function write(value, count) {
    held |= value << bits;
    bits += count;
    for (; bits >= 8; bits -= 8, held >>>= 8) out[at++] = held;
  }

  function writeRun(length) {
    const code = FIRST.findLastIndex((first) => first <= length);
    write(...CODE[257 + code]);
    write(length - FIRST[code], EXTRA[code]);
    write(0, 5); // the distance: one byte back
  }

  write(0b011, 3); // the last block, by the fixed code
  for (let i = 0; i < bytes.length;) {
    write(...CODE[bytes[i]]);
    const byte = bytes[i];
    i += 1;
    let run = 0;
    while (run < LONGEST && bytes[i + run] === byte) run += 1;
    if (run < SHORTEST) continue;
    writeRun(run);
    i += run;
  }
  write(...CODE[END]);
  if (bits > 0) write(0, 8 - bits);
  out.set(checksum(bytes), at);
  return out.slice(0, at + 4);
}
