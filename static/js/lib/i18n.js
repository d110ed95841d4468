// The page's words in the language of the page: one file a language, static/lang/*.json, which the server's template
// reads as well.
const TRIES = 3;
let words = {};

export function setWords(all) {
  words = all;
}

const find = (key) => key.split(".").reduce((branch, name) => branch?.[name], words);

export const has = (key) => typeof find(key) === "string";

// A whole number as the language writes it: 1,152.
export const count = (n) => new Intl.NumberFormat(globalThis.document?.documentElement.lang ?? "en").format(n);

// The text under a dotted key such as "tools.clear"; {name} in it becomes values.name.
export function t(key, values = {}) {
  const text = find(key);
  if (typeof text !== "string") throw new RangeError(`no words for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

async function load(url, tries = TRIES) {
  try {
    return await (await fetch(url)).json();
  } catch (error) {
    if (tries === 1) throw error;
    return load(url, tries - 1);
  }
}

// Every module that says something imports this one, and waits here. Tests in Node set the words themselves.
if (globalThis.document) words = await load(document.body.dataset.words);
