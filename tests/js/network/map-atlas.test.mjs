import assert from "node:assert/strict";
import { test } from "node:test";
import { colorMaps } from "../../../static/js/network/map-atlas.js";
import { colorAt } from "../../../static/js/lib/colormap.js";

const unpack = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
// Two maps of two cells: −1 and 4; 0 and 1.
const layer = { low: -1, high: 4, bytes: Uint8Array.of(0, 255, 51, 102), count: 2, height: 1, width: 2 };
const maps = { ...layer, height: 2, width: 1 };
const painted = (shown, scale) => {
  const pixels = new Uint32Array(4);
  colorMaps(shown, scale, "light", pixels);
  return [...pixels].map(unpack);
};
const near = (a, b) => assert.ok(a.every((value, i) => Math.abs(value - b[i]) <= 2), `${a} is not ${b}`);

test("with one scale for the layer, equal numbers have equal colours", () => {
  [-1 / 4, 1, 0, 1 / 4].forEach((t, i) => near(painted(maps, "layer")[i], colorAt(t, "light")));
});

test("with a scale for each map, each map reaches the strongest colour and zero stays paper", () => {
  [-1 / 4, 1, 0, 1].forEach((t, i) => near(painted(maps, "map")[i], colorAt(t, "light")));
});

test("a vector always has one scale, and a layer without numbers is paper", () => {
  assert.deepEqual(painted(layer, "map"), painted(layer, "layer"));
  for (const pixel of painted({ ...maps, bytes: null }, "map")) assert.deepEqual(pixel, colorAt(0, "light"));
});
