import assert from "node:assert/strict";
import test from "node:test";
import { count, has, setWords, t } from "../../../static/js/lib/i18n.js";
import { problemText } from "../../../static/js/api/error-text.js";
import { speak } from "../../support/speak.mjs";

setWords({ pad: { clear: "Clear" }, said: "{digit} at {share} %" });

test("words are found under their key, with values put in", () => {
  assert.equal(t("pad.clear"), "Clear");
  assert.equal(t("said", { digit: 7, share: "98.2" }), "7 at 98.2 %");
});

test("a key without words is an error, not an empty place on the page", () => {
  assert.throws(() => t("pad.undo"), RangeError);
  assert.throws(() => t("pad"), RangeError);
});

test("one can ask whether there are words; numbers are written as the language does", () => {
  assert.deepEqual([has("pad.clear"), has("pad"), has("pad.undo")], [true, false, false]);
  assert.equal(count(1152), "1,152");
});

test("a problem is told in the page's own words where it has them, else in the server's", () => {
  speak("zh");
  const problem = { type: "no-ink", title: "The picture is blank", detail: "No ink." };
  assert.deepEqual(problemText(problem), { title: "图片是空白的", detail: "上面没有可识别的笔迹。" });
  assert.deepEqual(problemText({ ...problem, type: "news" }), { title: problem.title, detail: problem.detail });
  assert.deepEqual(problemText({ title: null, detail: null }), { title: "未能识别", detail: "服务器无法读取这些内容。" });
  assert.deepEqual(problemText(new Error("oh")), { title: "操作没有成功", detail: "oh" });
});
