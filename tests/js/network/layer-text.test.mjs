import assert from "node:assert/strict";
import { test } from "node:test";
import { groupIntoBlocks, layerSentence, shapeText } from "../../../static/js/network/layer-text.js";
import { loadWords } from "../../support/load-words.mjs";

loadWords("en");

const layer = (name, kind, shape, side = null) => ({ name, kind, shape, window: side && { side } });
const plain = (text) => text.replaceAll("\u00a0", " ");

test("a convolution, the flattened vector and the scores each start a block", () => {
  const names = "conv1 relu1 pool1 conv2 relu2 conv3 relu3 pool2 flatten fc1 relu3 logits probabilities".split(" ");
  const groups = groupIntoBlocks(names.map((name) => layer(name, name.replace(/\d/, ""), [1])));
  assert.deepEqual(groups.map((group) => group.map(({ name }) => name).join(" ")),
    ["conv1 relu1 pool1", "conv2 relu2", "conv3 relu3 pool2", "flatten fc1 relu3", "logits probabilities"]);
});

test("the sentence of every kind of layer contains its numbers", () => {
  const cases = [
    [layer("conv2", "conv", [64, 14, 14], 3), [32, 14, 14], /64 filters.*3 × 3.*32 maps/],
    [layer("conv1", "conv", [32, 28, 28], 5), [1, 28, 28], /32 filters.*5 × 5.*the picture/],
    [layer("batchnorm1", "batchnorm", [32, 28, 28]), [32, 28, 28], /32 maps/],
    [layer("relu1", "relu", [32, 28, 28]), [32, 28, 28], /zero/],
    [layer("pool2", "pool", [36, 5, 5], 2), [36, 11, 11], /2 × 2.*11 × 11 becomes 5 × 5/],
    [layer("flatten", "flatten", [1152]), [128, 3, 3], /128 × 3 × 3 = 1,152/],
    [layer("fc1", "linear", [256]), [1152], /256 units.*1,152/],
    [layer("dropout", "dropout", [256]), [256], /256/],
    [layer("logits", "linear", [10]), [256], /score.*256/],
    [{ ...layer("probabilities", "softmax", [10]), temperature: 1.234 }, [10], /1\.23.*100 %/],
  ];
  for (const [each, before, pattern] of cases) assert.match(plain(layerSentence(each, before)), pattern);
  assert.equal(layerSentence(layer("new", "unheard-of", [3]), [3]), "");
});

test("the shape of a layer is written as maps or as numbers", () => {
  assert.equal(shapeText(layer("conv1", "conv", [32, 28, 28])), "32 maps of 28 × 28");
  assert.equal(shapeText(layer("flatten", "flatten", [1152])), "1,152 numbers");
});

test("sentences are also written in Chinese", () => {
  loadWords("zh");
  assert.match(plain(layerSentence(layer("conv2", "conv", [64, 14, 14], 3), [32, 14, 14])), /64 个卷积核.*3 × 3.*32 张特征图/);
});
