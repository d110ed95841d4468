import assert from "node:assert/strict";
import { test } from "node:test";
import { errorText } from "../../../static/js/api/error-text.js";
import { loadWords } from "../../support/load-words.mjs";

test("a known problem type has a translated text, any other the server's", () => {
  loadWords("zh");
  const problem = { type: "no-ink", title: "The picture is blank", detail: "No ink." };
  assert.deepEqual(errorText(problem), { title: "图片是空白的", detail: "上面没有可识别的笔迹。" });
  assert.deepEqual(errorText({ ...problem, type: "news" }), { title: problem.title, detail: problem.detail });
  assert.deepEqual(errorText({ title: null, detail: null }), { title: "未能识别", detail: "服务器无法读取这些内容。" });
  assert.deepEqual(errorText(new Error("oh")), { title: "操作没有成功", detail: "oh" });
});
