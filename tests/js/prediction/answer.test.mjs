import assert from "node:assert/strict";
import { test } from "node:test";
import { createAnswerView } from "../../../static/js/prediction/answer.js";
import { loadWords } from "../../support/load-words.mjs";

loadWords("en");

const element = () => ({
  dataset: {}, style: { setProperty() {} }, classList: { toggle() {} }, textContent: "", setAttribute() {}, append() {}, querySelector: element,
});
const prediction = { digit: 7, sure: true, probabilities: Array.from({ length: 10 }, (_, digit) => (digit === 7 ? 1 : 0)) };

test("a prediction is read out after a rest, not during the next stroke", (t) => {
  globalThis.document = { createElement: element };
  t.after(() => { delete globalThis.document; });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const liveRegion = element();
  const answer = createAnswerView({ digit: element(), sure: element(), softmax: element(), bars: element(), liveRegion });
  answer.show(prediction, true);
  t.mock.timers.tick(300);
  answer.show(prediction, false);
  t.mock.timers.tick(1000);
  assert.equal(liveRegion.textContent, "");
  answer.show(prediction, true);
  t.mock.timers.tick(1000);
  assert.equal(liveRegion.textContent, "7, sure, 100.0 percent");
});
