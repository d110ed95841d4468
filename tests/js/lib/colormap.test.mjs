import assert from "node:assert/strict";
import { test } from "node:test";
import { colorAt, colorTable, inkTable, maxAbsolute, paintValues, recolorInk } from "../../../static/js/lib/colormap.js";

const THEMES = ["light", "dark"];
const luminance = ([r, g, b]) => [r, g, b]
  .map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4))
  .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
const unpack = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];

test("zero is paper: white in the light theme, black in the dark one", () => {
  assert.ok(colorAt(0, "light").every((value) => value >= 245));
  assert.ok(colorAt(0, "dark").every((value) => value <= 16));
});

test("colours differ more from paper the further from zero", () => {
  for (const theme of THEMES) {
    for (const sign of [-1, 1]) {
      const direction = theme === "light" ? -1 : 1;
      let last = luminance(colorAt(0, theme));
      for (let t = 0.05; t <= 1.0001; t += 0.05) {
        const now = luminance(colorAt(sign * t, theme));
        assert.ok((now - last) * direction > 0, `${theme} ${sign * t}`);
        last = now;
      }
    }
  }
});

test("above zero is orange, below blue, which every kind of colour blindness can tell apart", () => {
  for (const theme of THEMES) {
    for (const t of [0.25, 0.5, 0.75]) {
      const [above, below] = [colorAt(t, theme), colorAt(-t, theme)];
      assert.ok(above[0] > above[2] && below[2] > below[0]);
      const [a, b] = [luminance(above), luminance(below)];
      assert.ok((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 1.6, "equal strengths look equally strong");
    }
  }
});

test("a layer's bytes share one scale around zero", () => {
  const table = colorTable(-1, 3, "light");
  assert.deepEqual(unpack(table[255]), colorAt(1, "light"));
  assert.deepEqual(unpack(table[0]), colorAt(-1 / 3, "light"));
  assert.equal(table[0] >>> 24, 255);
});

test("without negative values there is only orange, and an all-zero layer is paper", () => {
  for (const pixel of colorTable(0, 2, "light")) {
    const [r, , b] = unpack(pixel);
    assert.ok(r >= b);
  }
  assert.deepEqual(unpack(colorTable(0, 0, "dark")[0]), colorAt(0, "dark"));
});

test("the input image is dark ink on light paper in both themes", () => {
  for (const theme of THEMES) {
    const table = inkTable(theme);
    assert.ok(luminance(unpack(table[0])) > 0.7 && luminance(unpack(table[255])) < 0.02);
  }
});

test("values of both signs share one scale with paper at zero", () => {
  assert.equal(maxAbsolute(Float32Array.of(0.25, -0.5)), 0.5);
  assert.equal(maxAbsolute([0, 0]), 1);
  for (const theme of THEMES) {
    const pixels = new Uint32Array(5);
    paintValues(pixels, [-1, 0, 0.5, 1, 9], 1, theme);
    [-1, 0, 0.5, 1, 1].forEach((t, i) => {
      const [expected, painted] = [colorAt(t, theme), unpack(pixels[i])];
      assert.ok(expected.every((value, part) => Math.abs(value - painted[part]) <= 2), `${theme} ${t}`);
    });
  }
});

test("white becomes paper, black ink, and other colours by their luma", () => {
  const rgba = Uint8ClampedArray.of(255, 255, 255, 255, 0, 0, 0, 255, 255, 0, 0, 255);
  const table = inkTable("light");
  recolorInk(rgba, table);
  assert.deepEqual([...new Uint32Array(rgba.buffer)], [table[0], table[255], table[255 - 76]]);
});
