import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { encodeGreyPng } from "../../../static/js/lib/png-encoder.js";

const [WIDTH, HEIGHT] = [5, 4];
const grey = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i * 67) % 256);
const rgba = Uint8ClampedArray.from({ length: 4 * grey.length }, (_, i) => (i % 4 === 3 ? 255 : grey[i >> 2]));

const encode = () => Buffer.from(encodeGreyPng(rgba, WIDTH, HEIGHT));

function chunks(bytes) {
  const result = [];
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const name = bytes.toString("latin1", at + 4, at + 8);
    result.push({ name, data: bytes.subarray(at + 8, at + 8 + length), crc: bytes.readUInt32BE(at + 8 + length) });
    at += 12 + length;
  }
  return result;
}

test("a grey PNG has its signature and its chunks in order", () => {
  const bytes = encode();
  assert.equal(bytes.subarray(1, 4).toString(), "PNG");
  const [header, , end] = chunks(bytes);
  assert.deepEqual(chunks(bytes).map(({ name }) => name), ["IHDR", "IDAT", "IEND"]);
  assert.deepEqual([...header.data], [0, 0, 0, WIDTH, 0, 0, 0, HEIGHT, 8, 0, 0, 0, 0]);
  assert.equal(end.crc, 0xae426082); // as in every PNG
});

test("the rows are those of the image", () => {
  const [, { data }] = chunks(encode());
  const rows = inflateSync(data);
  for (let y = 0; y < HEIGHT; y += 1) {
    const row = rows.subarray(y * (WIDTH + 1), (y + 1) * (WIDTH + 1));
    assert.deepEqual([...row], [0, ...grey.subarray(y * WIDTH, (y + 1) * WIDTH)]); // no filter, as digits/imaging/fast_png.py expects
  }
});
