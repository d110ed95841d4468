import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { factsOf, isDone, PARTS_KNOWN } from "../../../static/js/classroom/lesson-conditions.js";
import { NAMES, placeIn } from "../../../static/js/classroom/lessons.js";

const folder = new URL("../../../static/lessons/", import.meta.url);
const lessons = NAMES.map((name) => ({ name, ...JSON.parse(readFileSync(new URL(`${name}.json`, folder))) }));

const ink = (strokes) => ({ past: [], present: { strokes, picture: null }, future: [] });
const stroke = { size: 0.1, points: [[0.5, 0.5, 0.5]] };
const input = { shape: [2, 2], data: Buffer.from([0, 255, 51, 0]).toString("base64") };
const shares = [0, 0, 0, 0.7, 0, 0, 0, 0, 0.3, 0];
const state = {
  history: ink([stroke]), stroke: null, model: "mlp", panel: null, centred: true,
  models: [{ name: "mlp", layers: [{ name: "fc1", kind: "linear" }, { name: "relu1", kind: "relu" }] }],
  answer: { digit: 3, sure: true, probabilities: shares, input },
};
const blank = { ...state, history: ink([]), answer: null };
const holds = (condition, now, before = blank) => isDone(condition, factsOf(now), factsOf(before));

test("ink, and new ink", () => {
  assert.ok(holds({ drawn: true }, state));
  assert.ok(!holds({ drawn: true }, blank));
  assert.ok(holds({ drawn: false }, blank));
  assert.ok(!holds({ drawn: true }, { ...state, stroke }), "while the pen is down nothing is drawn yet");
  assert.ok(holds({ drawn: "anew" }, state));
  assert.ok(!holds({ drawn: "anew" }, state, state));
  assert.ok(!holds({ drawn: "anew" }, blank, state));
});

test("what the network says", () => {
  assert.ok(holds({ digit: 3, sure: true }, state));
  assert.ok(!holds({ digit: 3, sure: false }, state));
  assert.ok(holds({ digit: [1, 3] }, state));
  assert.ok(!holds({ digit: "other" }, state, state));
  assert.ok(holds({ digit: "other" }, state));
  assert.ok(!holds({ digit: "other" }, blank, state));
  assert.ok(holds({ share: { digit: 8, above: 0.2 } }, state));
  assert.ok(holds({ share: { digit: "second", above: 0.2, below: 0.4 } }, state));
  assert.ok(!holds({ share: { digit: "second", below: 0.4 } }, blank));
});

test("how the page stands; a field that is not there yet is like one that is null", () => {
  assert.ok(holds({ state: { panel: null, model: "mlp", compare: null } }, state));
  assert.ok(!holds({ state: { panel: "why" } }, state));
  assert.ok(holds({ state: { centred: false } }, { ...state, centred: false }));
});

test("what is open, and what is pointed at", () => {
  const open = { ...state, open: { layer: "relu1", map: 2, cell: null } };
  assert.ok(!holds({ opened: "relu" }, state));
  assert.ok(holds({ opened: "relu" }, open));
  assert.ok(holds({ opened: ["conv", "relu"], layer: "relu1" }, open));
  assert.ok(!holds({ opened: "relu", cell: true }, open));
  assert.ok(holds({ opened: "relu", cell: true }, { ...open, open: { ...open.open, cell: [0, 3] } }));
  assert.ok(!holds({ opened: "conv" }, { ...open, models: null }));
  assert.ok(holds({ pixel: { above: 0.9 } }, { ...state, pixel: [0, 1] }));
  assert.ok(holds({ pixel: { above: 0.1, below: 0.9 } }, { ...state, pixel: [1, 0] }));
  assert.ok(!holds({ pixel: { below: 2 } }, state));
  assert.ok(holds({ pixel: { below: 0.1 } }, { ...blank, pixel: [0, 0] }));
});

test("where the timeline stands", () => {
  const moved = { ...state, moment: { digits: 400, settled: true } };
  assert.ok(holds({ moment: { above: 250, below: 500 }, settled: true }, moved));
  assert.ok(!holds({ moment: { above: 400 } }, moved));
  assert.ok(!holds({ settled: true }, { ...moved, moment: { digits: 400, settled: false } }));
  assert.ok(!holds({ moment: { below: 500 } }, state), "it is not open");
});

test("conditions can be joined", () => {
  assert.ok(holds({ any: [{ digit: 5 }, { digit: 3 }] }, state));
  assert.ok(!holds({ all: [{ digit: 5 }, { digit: 3 }] }, state));
});

function parts(condition) {
  const inner = ["any", "all"].flatMap((name) => (condition[name] ?? []).flatMap(parts));
  return [...Object.keys(condition), ...inner];
}

test("every lesson is complete: four to seven cards, each with its words in every language, and a known condition", () => {
  assert.deepEqual(readdirSync(folder).sort(), NAMES.map((name) => `${name}.json`).sort());
  const languages = readdirSync(new URL("../lang/", folder)).map((name) => name.replace(".json", ""));
  for (const { name, minutes, cards, ...words } of lessons) {
    assert.ok(cards.length >= 4 && cards.length <= 7, name);
    assert.ok(minutes > 0);
    assert.deepEqual(Object.keys(words).sort(), languages.sort());
    for (const { title, about, cards: texts } of Object.values(words)) {
      assert.ok(title && about);
      assert.equal(texts.length, cards.length, name);
      for (const text of texts) for (const part of ["title", "text", "do"]) assert.ok(text[part]?.trim(), `${name}: ${part}`);
    }
    for (const { at, done } of cards) {
      assert.ok(at.length > 0);
      for (const part of parts(done)) assert.ok(PARTS_KNOWN.includes(part), `${name}: ${part}`);
      assert.ok(!isDone(done, factsOf(blank), factsOf(blank)) || done.state, `${name}: a blank page is no answer`);
    }
  }
});

test("the address names a lesson and its card; what it names wrongly is put right", () => {
  const place = (text) => {
    const found = placeIn(text, lessons);
    return found && `${found.lesson.name} ${found.at}`;
  };
  assert.equal(place("pixel.3"), "pixel 2");
  assert.equal(place("pixel"), "pixel 0");
  assert.equal(place("pixel.99"), `pixel ${lessons[0].cards.length - 1}`);
  assert.equal(place("pixel.-1"), "pixel 0");
  assert.equal(place("pixel.x"), "pixel 0");
  assert.equal(place("all"), null);
  assert.equal(place("__proto__"), null);
});
