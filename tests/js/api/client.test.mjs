import assert from "node:assert/strict";
import { test } from "node:test";
import { postPicture, ServerUnavailable, RequestRefused } from "../../../static/js/api/client.js";
import { errorText } from "../../../static/js/api/error-text.js";
import { loadWords } from "../../support/load-words.mjs";

const PICTURE = new Uint8Array(1);

function mockServer(t, answer) {
  t.mock.method(globalThis, "fetch", async (_, { signal }) => {
    signal.throwIfAborted();
    return answer();
  });
}

test("a request that was aborted before its start is not sent", async (t) => {
  mockServer(t, () => Response.json({ digit: 3 }));
  assert.deepEqual(await postPicture("api/predict", PICTURE, {}), { digit: 3 });
  await assert.rejects(postPicture("api/predict", PICTURE, {}, AbortSignal.abort()), ServerUnavailable);
});

test("every failure has a text in the language of the page", async (t) => {
  loadWords("zh");
  const failures = {
    away: () => Promise.reject(new TypeError("network")),
    "no-ink": () => Response.json({ type: "no-ink", title: "Blank", detail: "Blank" }, { status: 422 }),
    "about:blank": () => new Response("<html>", { status: 500 }),
  };
  for (const [type, answer] of Object.entries(failures)) {
    mockServer(t, answer);
    const error = await postPicture("api/predict", PICTURE, {}).catch((thrown) => thrown);
    assert.ok(error instanceof ServerUnavailable || error instanceof RequestRefused);
    assert.equal(error.type, type);
    const { title, detail } = errorText(error);
    assert.match(title + detail, /^[^a-z]+$/i);
  }
});
