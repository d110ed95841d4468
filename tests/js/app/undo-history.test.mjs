import assert from "node:assert/strict";
import { test } from "node:test";
import { amend, BLANK, commit, createHistory, isBlank, redo, undo, withStroke } from "../../../static/js/app/undo-history.js";

const stroke = (x) => ({ size: 0.1, points: [[x, x, 0.5]] });

test("undo and redo return the same drawings", () => {
  const one = withStroke(BLANK, stroke(1));
  const two = withStroke(one, stroke(2));
  const drawn = commit(commit(createHistory(), one), two);
  assert.equal(undo(drawn).present, one);
  assert.equal(undo(undo(drawn)).present, BLANK);
  assert.equal(redo(undo(drawn)).present, two);
});

test("undo after clear brings the drawing back", () => {
  const one = withStroke(BLANK, stroke(1));
  const cleared = commit(commit(createHistory(), one), BLANK);
  assert.ok(isBlank(cleared.present));
  assert.equal(undo(cleared).present, one);
});

test("at the ends undo and redo change nothing", () => {
  const history = createHistory();
  assert.equal(undo(history), history);
  assert.equal(redo(history), history);
});

test("a new step drops the undone steps", () => {
  const history = commit(undo(commit(createHistory(), withStroke(BLANK, stroke(1)))), withStroke(BLANK, stroke(2)));
  assert.equal(redo(history), history);
});

test("a stroke replaces a picture and is added to other strokes", () => {
  const picture = { strokes: [], picture: { image: null, body: null } };
  assert.ok(!isBlank(picture));
  assert.deepEqual(withStroke(picture, stroke(1)), { strokes: [stroke(1)], picture: null });
  assert.equal(withStroke(withStroke(BLANK, stroke(1)), stroke(2)).strokes.length, 2);
});

test("amending a step keeps the steps before and after it", () => {
  const [one, two] = [withStroke(BLANK, stroke(1)), withStroke(BLANK, stroke(2))];
  const drawn = undo(commit(commit(createHistory(), one), two));
  const amended = amend(drawn, two);
  assert.equal(amended.present, two);
  assert.equal(undo(amended).present, BLANK);
  assert.equal(redo(amended).present, two);
});
