import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, Away, Refused } from "../../../static/js/api/client.js";
import { problemText } from "../../../static/js/api/error-text.js";
import { speak } from "../../support/speak.mjs";

const PICTURE = new Uint8Array(1);

function serving(t, answer) {
  t.mock.method(globalThis, "fetch", async (_, { signal }) => {
    signal.throwIfAborted();
    return answer();
  });
}

test("what was cancelled while it was made ready is not sent", async (t) => {
  serving(t, () => Response.json({ digit: 3 }));
  assert.deepEqual(await ask("api/predict", PICTURE, {}), { digit: 3 });
  await assert.rejects(ask("api/predict", PICTURE, {}, AbortSignal.abort()), Away);
});

test("every failure is told in the language of the page", async (t) => {
  speak("zh");
  const failures = {
    away: () => Promise.reject(new TypeError("network")),
    "no-ink": () => Response.json({ type: "no-ink", title: "Blank", detail: "Blank" }, { status: 422 }),
    "about:blank": () => new Response("<html>", { status: 500 }),
  };
  for (const [type, answer] of Object.entries(failures)) {
    serving(t, answer);
    const error = await ask("api/predict", PICTURE, {}).catch((thrown) => thrown);
    assert.ok(error instanceof Away || error instanceof Refused);
    assert.equal(error.type, type);
    const { title, detail } = problemText(error);
    assert.match(title + detail, /^[^a-z]+$/i);
  }
});
