import assert from "node:assert/strict";
import { test } from "node:test";
import { createAnswer } from "../../../static/js/prediction/answer.js";
import { speak } from "../../support/speak.mjs";

speak("en");

const element = () => ({
  dataset: {}, style: { setProperty() {} }, classList: { toggle() {} }, textContent: "", setAttribute() {}, append() {}, querySelector: element,
});
const reading = { digit: 7, sure: true, probabilities: Array.from({ length: 10 }, (_, digit) => (digit === 7 ? 1 : 0)) };

test("a reading is spoken after a moment of rest, not while the next stroke is drawn", (t) => {
  globalThis.document = { createElement: element };
  t.after(() => { delete globalThis.document; });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const said = element();
  const answer = createAnswer({ digit: element(), sure: element(), softmax: element(), bars: element(), said });
  answer.show(reading, true);
  t.mock.timers.tick(300);
  answer.show(reading, false);
  t.mock.timers.tick(1000);
  assert.equal(said.textContent, "");
  answer.show(reading, true);
  t.mock.timers.tick(1000);
  assert.equal(said.textContent, "7, sure, 100.0 percent");
});
