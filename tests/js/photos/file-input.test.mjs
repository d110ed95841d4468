import assert from "node:assert/strict";
import { test } from "node:test";
import { preparePicture } from "../../../static/js/photos/file-input.js";

const bitmap = { width: 40, height: 20, close() {} };
const photo = new File(["…"], "photo.png", { type: "image/png" });

function mockBrowser(t, createImageBitmap) {
  const getContext = () => ({ fillRect() {}, drawImage() {} });
  Object.assign(globalThis, { createImageBitmap, document: { createElement: () => ({ getContext }) } });
  t.after(() => { delete globalThis.createImageBitmap; delete globalThis.document; });
}

test("a browser without the orientation option opens photos too", async (t) => {
  mockBrowser(t, async (_, options) => {
    if (options) throw new TypeError("from-image is not a valid value for enumeration ImageOrientation");
    return bitmap;
  });
  const { image, body } = await preparePicture(photo);
  assert.deepEqual([image.width, image.height, body], [40, 20, photo]);
});

test("a file that cannot be decoded is refused", async (t) => {
  mockBrowser(t, async () => { throw new DOMException("cannot be decoded"); });
  await assert.rejects(preparePicture(photo), { type: "not-a-picture" });
});
