import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { CONDITION_PARTS, factsOf, isDone } from "../../../static/js/classroom/lesson-conditions.js";
import { LESSON_NAMES, parsePlace } from "../../../static/js/classroom/lessons.js";

const folder = new URL("../../../static/lessons/", import.meta.url);
const lessons = LESSON_NAMES.map((name) => ({ name, ...JSON.parse(readFileSync(new URL(`${name}.json`, folder))) }));

const FACTS_OF_BLANK_PAD = factsOf({
  history: { past: [], present: { strokes: [], picture: null }, future: [] }, stroke: null, model: "mlp", panel: null, centred: true,
  models: [], answer: null,
});

function partsOf(condition) {
  const inner = ["any", "all"].flatMap((name) => (condition[name] ?? []).flatMap(partsOf));
  return [...Object.keys(condition), ...inner];
}

test("every lesson has four to seven cards, each with texts in every language and a known condition", () => {
  assert.deepEqual(readdirSync(folder).sort(), LESSON_NAMES.map((name) => `${name}.json`).sort());
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
      for (const part of partsOf(done)) assert.ok(CONDITION_PARTS.includes(part), `${name}: ${part}`);
      assert.ok(!isDone(done, FACTS_OF_BLANK_PAD, FACTS_OF_BLANK_PAD) || done.state, `${name}: a blank pad must not fulfil it`);
    }
  }
});

test("an address names a lesson and its card; a wrong card is corrected", () => {
  const place = (text) => {
    const found = parsePlace(text, lessons);
    return found && `${found.lesson.name} ${found.index}`;
  };
  assert.equal(place("pixel.3"), "pixel 2");
  assert.equal(place("pixel"), "pixel 0");
  assert.equal(place("pixel.99"), `pixel ${lessons[0].cards.length - 1}`);
  assert.equal(place("pixel.-1"), "pixel 0");
  assert.equal(place("pixel.x"), "pixel 0");
  assert.equal(place("all"), null);
  assert.equal(place("__proto__"), null);
});
