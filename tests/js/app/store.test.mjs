import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore } from "../../../static/js/app/store.js";

test("a listener gets the new and the old state, and no call when nothing changes", () => {
  const state = createStore({ model: "mlp", size: 1 });
  const calls = [];
  const unsubscribe = state.subscribe((now, before) => calls.push([before.model, now.model]));
  state.set({ model: "two_conv" });
  state.set({ model: "two_conv" });
  unsubscribe();
  state.set({ model: "mlp" });
  assert.deepEqual(calls, [["mlp", "two_conv"]]);
});

test("a state cannot be changed in place", () => {
  const state = createStore({ model: "mlp" });
  assert.throws(() => { state.get().model = "x"; }, TypeError);
});

test("every listener gets every change once and in order when a listener sets the state", () => {
  const state = createStore({ panel: null, layer: null });
  const first = [];
  const last = [];
  const record = (calls) => (now, before) => calls.push([before.panel, now.panel]);
  state.subscribe(record(first));
  state.subscribe((now) => {
    if (now.panel === "unknown") state.set({ panel: "why" });
    if (now.panel === "why") state.set({ panel: "compare" });
  });
  state.subscribe(record(last));
  state.set({ panel: "unknown" });
  const changes = [[null, "unknown"], ["unknown", "why"], ["why", "compare"]];
  assert.deepEqual(first, changes);
  assert.deepEqual(last, changes);
});

test("a nested change is in the state at once", () => {
  const state = createStore({ panel: null, open: "conv1.0" });
  let seen = "not called";
  state.subscribe((now) => {
    if (now.panel === null) return;
    state.set({ panel: null });
    seen = state.get().panel;
  });
  state.set({ panel: "unknown" });
  assert.equal(seen, null);
});

test("a listener that throws does not block later changes", () => {
  const state = createStore({ size: 1 });
  const sizes = [];
  state.subscribe(({ size }) => { if (size === 2) throw new Error("broken listener"); });
  state.subscribe(({ size }) => sizes.push(size));
  assert.throws(() => state.set({ size: 2 }), /broken listener/);
  state.set({ size: 3 });
  assert.deepEqual(sizes, [3]);
});
