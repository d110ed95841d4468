// Grey PNG, 8 bits a pixel (PNG specification, W3C, third edition). A canvas writes itself with four bytes a pixel, three
// of which say the same: this is a third as many bytes on the way, and the server opens it in a third of the time.
import { deflate } from "./deflate.js";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const GREY = [8, 0, 0, 0, 0]; // bits, colour type, compression, filter, interlace

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

function crc(...parts) {
  let c = 0xffffffff;
  for (const part of parts) for (const byte of part) c = (c >>> 8) ^ CRC[(c ^ byte) & 255];
  return ~c >>> 0;
}

const big = (value) => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);

function chunk(name, data) {
  const type = new TextEncoder().encode(name);
  return [big(data.length), type, data, big(crc(type, data))];
}

// The rows as PNG wants them, each after the number of its filter: 0, none, which for strokes is as few bytes as any and
// the quickest to open (digits/greypng.py). Of every pixel's four bytes the first counts.
function scanlines(rgba, width, height) {
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0, from = 0, to = 0; y < height; y += 1) {
    rows[to++] = 0;
    for (let x = 0; x < width; x += 1, from += 4) rows[to++] = rgba[from];
  }
  return rows;
}

// `rgba`: four bytes a pixel, as getImageData gives them. → the bytes of the file
export function greyPng(rgba, width, height) {
  const data = deflate(scanlines(rgba, width, height));
  const header = Uint8Array.of(...big(width), ...big(height), ...GREY);
  const parts = [SIGNATURE, ...chunk("IHDR", header), ...chunk("IDAT", data), ...chunk("IEND", new Uint8Array())];
  const file = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
