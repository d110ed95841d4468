// Encodes grey PNG images of 8 bits per pixel (PNG specification, W3C, third edition). A canvas encodes four bytes per
// pixel. A grey image has a third of the bytes and is decoded in a third of the time.
import { deflate } from "./deflate.js";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const GREY_FORMAT = [8, 0, 0, 0, 0]; // bits, colour type, compression, filter, interlace

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

function crc(...parts) {
  let c = 0xffffffff;
  for (const part of parts) for (const byte of part) c = (c >>> 8) ^ CRC_TABLE[(c ^ byte) & 255];
  return ~c >>> 0;
}

const bigEndian = (value) => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);

function chunk(name, data) {
  const type = new TextEncoder().encode(name);
  return [bigEndian(data.length), type, data, bigEndian(crc(type, data))];
}

// Returns the rows of the image, each after its filter type: 0, none, the fastest to decode
// (digits/imaging/fast_png.py). Strokes need no fewer bytes with another filter. Takes the red byte of each pixel.
function scanlines(rgba, width, height) {
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0, from = 0, to = 0; y < height; y += 1) {
    rows[to++] = 0;
    for (let x = 0; x < width; x += 1, from += 4) rows[to++] = rgba[from];
  }
  return rows;
}

// `rgba`: four bytes per pixel, from getImageData. Returns the bytes of the file.
export function encodeGreyPng(rgba, width, height) {
  const data = deflate(scanlines(rgba, width, height));
  const header = Uint8Array.of(...bigEndian(width), ...bigEndian(height), ...GREY_FORMAT);
  const parts = [SIGNATURE, ...chunk("IHDR", header), ...chunk("IDAT", data), ...chunk("IEND", new Uint8Array())];
  const file = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
